import { VENDORED_PROGRAM } from '../circleci/config/files.js';
import type { GeneratedFile } from '../circleci/generate.js';
import type { PlainProblem } from '../circleci/language/problem.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic/diagnostic.js';
import type { Io } from '../io/io.js';
import { generate } from '../library.js';
import { fail, ok, type Result } from '../result.js';
import type { Base } from '../spec/base.js';
import { readProgram, readRelease } from './program.js';
import { BASE_FILE, type ProjectFailure, readProject, type SourcedProject, SPEC_FILE } from './project.js';

/** The files that belong to a repository's spec. Writes nothing. */
export async function generateFiles(
  directory: string,
  io: Io,
): Promise<Result<readonly GeneratedFile[], ProjectFailure>> {
  const read = await readProject(directory, io);
  return read.ok ? makeFiles(read.value) : read;
}

/** The files that belong to a project that was read. */
export function makeFiles({ project, sources }: SourcedProject): Result<readonly GeneratedFile[], ProjectFailure> {
  const configs = generate(project, { release: readRelease(), specFile: SPEC_FILE });
  if (!configs.ok) {
    const diagnostics = sortDiagnostics(configs.error.map((problem) => locate(problem, project.base)));
    return fail({ kind: 'problems', diagnostics, sources });
  }
  const program = project.spec.install === 'vendored' ? [{ path: VENDORED_PROGRAM, text: readProgram() }] : [];
  return ok([...program, ...configs.value]);
}

function locate(problem: PlainProblem, base: Base | undefined): Diagnostic {
  if (problem.path.length === 0) {
    const start = { line: 1, column: 1 };
    const range = { start, end: { line: 1, column: 2 } };
    return { code: `config/${problem.code}`, severity: 'error', message: problem.message, file: SPEC_FILE, range };
  }
  if (base === undefined) throw new Error(`a problem of a base that is not there: ${JSON.stringify(problem)}`);
  const { code, path, message, help } = problem;
  const problemOfBase = { code: `base/${code}`, severity: 'error', message, file: BASE_FILE } as const;
  return { ...problemOfBase, range: base.yaml.keyRange(path), ...(help === undefined ? {} : { help }) };
}
