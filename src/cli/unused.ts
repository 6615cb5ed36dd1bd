import { join } from 'node:path';
import { CONTINUE_FILE, VENDORED_PROGRAM } from '../circleci/config/files.js';
import type { GeneratedFile } from '../circleci/generate.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Io } from '../io/io.js';
import { isForeign } from './generate.js';

/** Files that gen-config wrote when the spec had services, or "install: vendored", and that it does not make any more. */
export async function findUnused(
  made: readonly GeneratedFile[],
  directory: string,
  io: Io,
): Promise<readonly Diagnostic[]> {
  const gone = [CONTINUE_FILE, VENDORED_PROGRAM].filter((path) => made.every((file) => file.path !== path));
  const texts = await Promise.all(gone.map((path) => io.files.read(join(directory, path))));
  return gone.flatMap((file, index): readonly Diagnostic[] => {
    const text = texts[index];
    if (text === undefined || (file === CONTINUE_FILE && isForeign(text))) return [];
    const start = { line: 1, column: 1 };
    return [
      {
        code: 'config/unused',
        severity: 'warning',
        message: 'the file is no longer used: the spec makes none any more',
        file,
        range: { start, end: { line: 1, column: 2 } },
        help: 'delete it',
      },
    ];
  });
}

/** The same for a person. */
export function describeUnused(unused: readonly Diagnostic[]): string {
  return unused.map(({ file, message }) => `gen-config: ${file}: ${message}\n  -> Delete it.\n`).join('');
}
