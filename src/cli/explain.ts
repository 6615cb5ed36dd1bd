import { explainDelivery } from '../delivery/explain.js';
import type { Io } from '../io/io.js';
import { describeFailure, readProject } from './project.js';

/** `gen-config explain`: what the spec of a repository makes happen, in plain sentences on standard output. */
export async function explain(options: { readonly directory: string }, io: Io): Promise<number> {
  const project = await readProject(options.directory, io);
  if (!project.ok) {
    io.stderr.write(describeFailure(project.error));
    return 2;
  }
  io.stdout.write(explainDelivery(project.value.delivery));
  return 0;
}
