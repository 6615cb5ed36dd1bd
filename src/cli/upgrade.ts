import type { Io } from '../io/io.js';
import { schema } from '../spec/schema.js';
import { describeFailure, readProject, SPEC_FILE } from './project.js';

/**
 * `gen-config upgrade`: brings a spec to the newest version of the format. There is one version so far, so a good spec
 * is of the newest, and what is wrong with another is said.
 */
export async function upgrade(options: { readonly directory: string }, io: Io): Promise<number> {
  const project = await readProject(options.directory, io);
  if (!project.ok) {
    io.stderr.write(describeFailure(project.error));
    return 2;
  }
  io.stderr.write(`${SPEC_FILE} is of version ${schema.properties.version.const}, the newest: nothing to do\n`);
  return 0;
}
