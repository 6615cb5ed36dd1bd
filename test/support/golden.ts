import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the project: tests run there. */
const top = process.cwd();

/** The cases below test/golden/NAME: a folder each. */
export function goldenCases(
  name: string,
): readonly { readonly name: string; read(file: string): string | undefined }[] {
  const folder = join(top, 'test/golden', name);
  return readdirSync(folder)
    .sort()
    .map((one) => ({ name: one, read: (file) => readText(join(folder, one, file)) }));
}

/** What is expected; with UPDATE_GOLDEN=1 in the environment the file is written first, to be read before it is committed. */
export function goldenText(path: string, found: string): string | undefined {
  const file = join(top, 'test/golden', path);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, found);
  return readText(file);
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
