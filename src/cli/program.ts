import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Release } from '../circleci/orb/commands.js';
import { VERSION } from '../version.js';

/** The program that jobs run, dist/build-once.mjs of this very package, as text. */
export function readProgram(): string {
  return readDist('build-once.mjs');
}

/** Version and hash by which jobs pin the program. The hash is written by scripts/bundle.mjs. */
export function readRelease(): Release {
  return { version: VERSION, integrity: readDist('build-once.mjs.integrity').trim() };
}

function readDist(name: string): string {
  // Beside the bundle of gen-config, or two folders up from the compiled module.
  const found = [`./${name}`, `../../${name}`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`dist/${name} is missing from this package: run npm run build`);
  return readFileSync(found, 'utf8');
}
