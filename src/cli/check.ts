import { join } from 'node:path';
import type { Io } from '../io/io.js';
import { generateFiles } from './project.js';
import { sameText, unix } from './same-text.js';

/** `gen-config check`: 0 when the files are what the spec says, 1 with a diff when not. Writes nothing. */
export async function check(options: { readonly directory: string }, io: Io): Promise<number> {
  const files = await generateFiles(options.directory, io);
  if (!files.ok) {
    io.stderr.write(files.error.text);
    return files.error.code;
  }
  let stale = 0;
  for (const { path, text } of files.value) {
    const before = await io.files.read(join(options.directory, path));
    if (before !== undefined && sameText(before, text)) {
      io.stderr.write(`${path} is current\n`);
      continue;
    }
    stale += 1;
    if (before === undefined) io.stderr.write(`gen-config: there is no ${path}\n`);
    else {
      const { createTwoFilesPatch } = await import('diff');
      io.stderr.write(`gen-config: ${path} is not what the spec says: it is stale, or was edited by hand\n`);
      io.stdout.write(createTwoFilesPatch(path, path, unix(before), text, 'as it is', 'as the spec says'));
    }
  }
  if (stale === 0) return 0;
  io.stderr.write('  -> Run "npx gen-config" and commit the result.\n');
  return 1;
}
