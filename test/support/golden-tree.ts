import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText } from './golden.js';

/** The texts of all files in a folder, by their paths from there; none where there is no folder. */
export function readTree(folder: string): Readonly<Record<string, string>> {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return {};
  }
  return Object.fromEntries(names.toSorted().map((name) => [name, readText(join(folder, name)) ?? '']));
}

/** What is expected below test/golden; with UPDATE_GOLDEN=1 it is written first, to be read before it is committed. */
export function goldenTree(path: string, found: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const folder = join(process.cwd(), 'test/golden', path);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [name, text] of Object.entries(found)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  return readTree(folder);
}
