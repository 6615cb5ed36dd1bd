import type { Io } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

/** Whether a file of this name makes its folder a kustomization. */
export function isKustomization(name: string): boolean {
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].includes(name);
}

/** The programs that build one, each with the words before the folder. */
const BUILDERS = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const;

/** Builds a kustomization with the first program that is there: YAML of many documents. */
export async function buildOverlay(folder: string, io: Io): Promise<Result<string, Failure>> {
  for (const [program, verb] of BUILDERS) {
    const { exitCode, stdout, stderr } = await io.processes.run(program, [verb, '--', folder], { signal: io.signal });
    if (exitCode === undefined) continue;
    if (exitCode === 0) return ok(stdout);
    return fail({
      code: 1,
      cause: `${program} cannot build ${folder}: it ended with code ${exitCode}`,
      details: stderr.trim().split('\n'),
      next: `Try it: ${program} ${verb} ${folder}`,
    });
  }
  return fail({
    code: 1,
    cause: `${folder} is a kustomization, and there is neither kustomize nor kubectl to build it with`,
    next: 'Run the job on an image that has one of them, or commit what "kustomize build" prints and deploy that.',
  });
}
