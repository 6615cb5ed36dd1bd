import { join } from 'node:path';
import { MARKER } from '../circleci/config/render.js';
import { sameText } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { CONFIG_FILE, describeFailure, type GeneratedFile, generateFiles } from './project.js';

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
  const config = before.get(CONFIG_FILE);
  if (config !== undefined && !config.startsWith(MARKER) && !options.force) {
    io.stderr.write(describeForeign());
    return 2;
  }
  for (const file of files.value) await writeFile(file, before.get(file.path), options.directory, io);
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

/** What to do about a config that gen-config did not write. */
export function describeForeign(): string {
  return `gen-config: ${CONFIG_FILE} was not written by gen-config, so it is left as it is
  -> To adopt it: rename it to .circleci/base.yml, delete "setup" and the workflows that test, build and deploy, name
     the jobs that must pass first under "test" in .circleci/build-once.yml, and run "npx gen-config" again.
  -> To overwrite it: npx gen-config --force
`;
}
