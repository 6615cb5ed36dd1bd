import { explainDelivery } from '../delivery/explain.js';
import { planDelivery } from '../delivery/plan.js';
import type { Io } from '../io/io.js';
import { describeFailure, readProject } from './project.js';

/** `gen-config explain`: what the spec of a repository makes happen, in plain sentences on standard output. */
export async function explain(options: { readonly directory: string }, io: Io): Promise<number> {
  const read = await readProject(options.directory, io);
  if (!read.ok) {
    io.stderr.write(describeFailure(read.error));
    return 2;
  }
  io.stdout.write(explainDelivery(planDelivery(read.value.project.spec)));
  return 0;
}
