import { explainDelivery } from '../delivery/explain.js';
import { planDelivery } from '../delivery/plan.js';
import { oneLine } from '../diagnostic/one-line.js';
import type { Io } from '../io/io.js';
import { BASE_FILE, describeFailure, readProject } from './project.js';

/** `gen-config explain`: what the spec of a repository makes happen, in plain sentences on standard output. */
export async function explain(options: { readonly directory: string }, io: Io): Promise<number> {
  const read = await readProject(options.directory, io);
  if (!read.ok) {
    io.stderr.write(describeFailure(read.error));
    return 2;
  }
  const { spec, base } = read.value.project;
  io.stdout.write(explainDelivery(planDelivery(spec)));
  const workflows = Object.keys(base?.workflows ?? {}).map(oneLine);
  if (workflows.length > 0) io.stdout.write(`\nWorkflows of ${BASE_FILE}, as they stand there\n${lines(workflows)}`);
  return 0;
}

function lines(names: readonly string[]): string {
  return names.map((name) => `  - ${name}\n`).join('');
}
