import { join } from 'node:path';
import { HEADER_LINES, MARKER } from '../circleci/config/render.js';
import { sameText, unix } from '../diagnostic/first-difference.js';
import type { Io } from '../io/io.js';
import { BASE_FILE, CONFIG_FILE, describeFailure, generateFiles, SPEC_FILE } from './project.js';

/** `gen-config eject`: the config without the mark of the generator. Nothing else is changed, and nothing deleted. */
export async function eject(options: { readonly directory: string }, io: Io): Promise<number> {
  const files = await generateFiles(options.directory, io);
  if (!files.ok) {
    io.stderr.write(describeFailure(files.error));
    return 2;
  }
  const path = join(options.directory, CONFIG_FILE);
  const before = await io.files.read(path);
  const wanted = files.value.find((file) => file.path === CONFIG_FILE);
  if (before !== undefined && !before.startsWith(MARKER)) {
    io.stderr.write(`gen-config: ${CONFIG_FILE} does not have the mark of gen-config: there is nothing to leave\n`);
    return 2;
  }
  if (before === undefined || wanted === undefined || !sameText(before, wanted.text)) {
    io.stderr.write(
      `gen-config: ${CONFIG_FILE} is not what the spec says\n  -> Run "npx gen-config" first, then eject.\n`,
    );
    return 1;
  }
  await io.files.write(path, unix(before).split('\n').slice(HEADER_LINES).join('\n').trimStart());
  io.stderr.write(`${CONFIG_FILE} is yours now. What is lost:
  - check: nothing says any more when the config and the spec differ, so the spec means nothing from here on.
  - new versions: the program that jobs run stays pinned at the version in the config, until you change it there.
  - the rules: that nothing gets round the approval, and that no environment builds, is yours to keep.
What gen-config no longer reads, and you may delete: ${SPEC_FILE} and ${BASE_FILE} (its jobs are in the config).
To come back: put ${SPEC_FILE} in place again and run "npx gen-config --force".
`);
  return 0;
}
