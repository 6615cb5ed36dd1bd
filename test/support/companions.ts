import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { goldenCases } from './golden.js';
import { readTree } from './golden-tree.js';
import { testIo } from './test-io.js';

/** A repository with a spec, in which `gen-config companions` runs. */
export interface CompanionsWorld {
  /** The top of the repository, and the folder of the companions. */
  readonly top: string;
  readonly folder: string;
  run(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** The companions that are there, without the record. */
  files(): Readonly<Record<string, string>>;
  write(path: string, text: string): void;
}

export function companionsWorld(t: Test, spec: string): CompanionsWorld {
  const top = t.testdir();
  const folder = join(top, '.circleci/companions');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  };
  write('.circleci/build-once.yml', spec);
  write('.git/config', '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/shop.git\n');
  return {
    top,
    folder,
    write,
    run: async (...args) => {
      const io = testIo({ cwd: top });
      const code = await runGenConfig(['companions', ...args], io);
      return { code, out: io.out(), err: io.err() };
    },
    files: () => {
      const { 'companions.json': _, ...files } = readTree(folder);
      return files;
    },
  };
}

/** The golden cases, each with the options that it is run with. */
export function companionCases(): readonly {
  readonly name: string;
  readonly spec: string;
  readonly args: readonly string[];
}[] {
  return goldenCases('companions').map(({ name, read }) => ({
    name,
    spec: read('build-once.yml') ?? '',
    args: (read('arguments.txt') ?? '').split('\n').filter((one) => one !== ''),
  }));
}
