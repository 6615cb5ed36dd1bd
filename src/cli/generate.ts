import { join } from 'node:path';
import { CONFIG_FILE, CONTINUE_FILE } from '../circleci/config/files.js';
import { MARKER } from '../circleci/config/render.js';
import type { GeneratedFile } from '../circleci/generate.js';
import { sameText } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { describeFailure } from './project.js';
import { generateFiles } from './project-files.js';
import { describeUnused, findUnused } from './unused.js';

/** `gen-config [generate]`: writes what the spec says, where it is not there yet. */
export async function generate(
  options: { readonly directory: string; readonly force: boolean },
  io: Io,
): Promise<number> {
  const files = await generateFiles(options.directory, io);
  if (!files.ok) {
    io.stderr.write(describeFailure(files.error));
    return 2;
  }
  const before = new Map<string, string | undefined>();
  for (const { path } of files.value) before.set(path, await io.files.read(join(options.directory, path)));
  const foreign = [CONFIG_FILE, CONTINUE_FILE].filter((path) => isForeign(before.get(path)));
  if (foreign.length > 0 && !options.force) {
    io.stderr.write(foreign.map(describeForeign).join(''));
    return 2;
  }
  for (const file of files.value) await writeFile(file, before.get(file.path), options.directory, io);
  io.stderr.write(describeUnused(await findUnused(files.value, options.directory, io)));
  return 0;
}

async function writeFile(
  { path, text }: GeneratedFile,
  before: string | undefined,
  directory: string,
  io: Io,
): Promise<void> {
  if (before !== undefined && sameText(before, text)) {
    io.stderr.write(`${path} is current, nothing to do\n`);
    return;
  }
  await io.files.write(join(directory, path), text);
  io.stderr.write(`${before === undefined ? 'wrote' : 'updated'} ${path} (${text.split('\n').length - 1} lines)\n`);
}

/** Whether a config is there that gen-config did not write. An empty one is nobody's; a byte order mark is an editor's. */
export function isForeign(config: string | undefined): boolean {
  const text = config?.replace(/^\uFEFF/, '').trim() ?? '';
  return text !== '' && !text.startsWith(MARKER);
}

/** What to do about such a config. */
export function describeForeign(path: string): string {
  if (path !== CONFIG_FILE) {
    return `gen-config: ${path} was not written by gen-config, so it is left as it is
  -> Rename it. To overwrite it: npx gen-config --force
`;
  }
  return `gen-config: ${path} was not written by gen-config, so it is left as it is
  -> To adopt it: rename it to .circleci/base.yml, delete "setup" and the workflows that test, build and deploy, name
     the jobs that must pass first under "test" in .circleci/build-once.yml, and run "npx gen-config" again.
  -> To overwrite it: npx gen-config --force
`;
}
