import { cpSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const top = join(process.cwd(), 'test/fixtures-init');

/** The shapes of repositories below test/fixtures-init, by name. */
export function fixtureShapes(): readonly string[] {
  return readdirSync(top).sort();
}

/** A copy of a shape's repository in `folder`. Its `_git` becomes `.git`, which cannot be committed by that name. */
export function copyFixture(shape: string, folder: string): string {
  cpSync(join(top, shape, 'repository'), folder, { recursive: true });
  try {
    renameSync(join(folder, '_git'), join(folder, '.git'));
  } catch {
    // This shape is no clone.
  }
  return folder;
}

/** A file beside a shape's repository: what is expected, or the arguments. */
export function fixtureFile(shape: string, file: string): string {
  return join(top, shape, file);
}
