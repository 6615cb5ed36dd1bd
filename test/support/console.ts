import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { copyFixture, fixtureShapes } from './fixture-repository.js';
import { readText } from './golden.js';

/** A folder in which a page's commands run, with gen-config and build-once of this build on the PATH. */
export interface Session {
  readonly folder: string;
  /** Runs a command line in bash; standard output and standard error as they come. */
  run(command: string): string;
  write(path: string, text: string): void;
}

/**
 * Starts a session in a copy of a folder of this repository, or of a shape of test/fixtures-init by its name; in a new
 * folder without one. The copy is a git repository with one commit.
 */
export function startSession(t: Test, from: string | undefined): Session {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'page-')));
  t.teardown(() => rmSync(top, { recursive: true, force: true }));
  const bin = join(top, 'bin');
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('gen-config', `exec node "${process.cwd()}/dist/gen-config.cjs" "$@"`);
  program('build-once', `exec node "${process.cwd()}/dist/build-once.mjs" "$@"`);
  program('npx', 'program=$1; shift; exec "$program" "$@"');
  // What a reader has installed.
  mkdirSync(join(top, 'node_modules'));
  symlinkSync(process.cwd(), join(top, 'node_modules/gen-config'));
  const folder = join(top, 'shop');
  if (from === undefined) mkdirSync(folder);
  else if (fixtureShapes().includes(from)) copyFixture(from, folder);
  // What `npm run example` has left there is not part of it.
  else cpSync(from, folder, { recursive: true, filter: (file) => !file.endsWith('.circleci/config.yml') });
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: top,
    LANG: 'C.UTF-8',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const run = (command: string): string => {
    const { stdout, error } = spawnSync('bash', ['-c', `exec 2>&1\n${command}`], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    return stdout;
  };
  // A fixture's .git says what init is to find: git adds what is missing, and its config stays as it is.
  const config = join(folder, '.git/config');
  const found = readText(config);
  run('git init -q && git add -A && git commit -q --allow-empty -m "As it was"');
  if (found !== undefined) writeFileSync(config, found);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  return { folder, run, write };
}
