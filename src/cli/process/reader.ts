import { isAbsolute, join } from 'node:path';
import type { Files } from '../../io/io.js';
import type { VerbValues } from '../verb.js';

/** Files that are looked at, and not changed. */
export type Reader = Pick<Files, 'read' | 'list' | 'inspect'>;

/** The files as they are seen from the folder that `--directory` names: paths start there, but for absolute ones. */
export function readerIn({ directory = '.' }: VerbValues, files: Files): Reader {
  const at = (path: string) => (isAbsolute(path) ? path : join(String(directory), path));
  return {
    read: (path) => files.read(at(path)),
    list: (path) => files.list(at(path)),
    inspect: (path) => files.inspect(at(path)),
  };
}

/** That a file is not there, in words. */
export function describeAbsence(file: string, { directory }: VerbValues): string {
  return `there is no file ${file}${directory === undefined || isAbsolute(file) ? '' : ` in ${String(directory)}`}`;
}
