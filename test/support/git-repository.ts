import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A repository with a remote, as a developer has it. */
export interface GitRepository {
  readonly folder: string;
  /** Folder of the remote. */
  readonly remote: string;
  git(...args: readonly string[]): string;
  /** Writes files (undefined: deletes one), commits all that has changed, pushes the branch. Returns the commit. */
  push(branch: string, files: Readonly<Record<string, string | undefined>>): string;
  /** A clone of the remote in a new folder, as a job of CircleCI has it: the commit is checked out, without a branch. */
  cloneAt(commit: string, ...options: readonly string[]): string;
}

/** Makes a repository below a folder, with one commit on `main` that is not pushed yet. */
export function makeGitRepository(top: string): GitRepository {
  const folder = join(top, 'work');
  const remote = join(top, 'remote.git');
  let clones = 0;
  const run = (cwd: string, args: readonly string[]) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', env: ENV, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const git = (...args: readonly string[]) => run(folder, args);
  mkdirSync(folder);
  run(top, ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
  // As the hosts of repositories have it.
  appendFileSync(join(remote, 'config'), '[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n');
  // What is committed is at the remote as well, so to push is to write the branch.
  writeFileSync(join(remote, 'objects/info/alternates'), `${join(folder, '.git/objects')}\n`);
  git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    remote,
    git,
    push: (branch, files) => {
      for (const [path, text] of Object.entries(files)) {
        const at = join(folder, path);
        mkdirSync(dirname(at), { recursive: true });
        if (text === undefined) rmSync(at, { recursive: true });
        else writeFileSync(at, text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', 'x');
      const commit = git('rev-parse', 'HEAD');
      writeFileSync(join(remote, 'refs/heads', branch), `${commit}\n`);
      return commit;
    },
    cloneAt: (commit, ...options) => {
      const clone = join(top, `clone-${++clones}`);
      run(top, ['clone', '--quiet', '--no-checkout', '--filter=blob:none', ...options, `file://${remote}`, clone]);
      run(clone, ['checkout', '--quiet', '--detach', commit]);
      return clone;
    },
  };
}

/** Nobody's configuration but our own, and no housekeeping for repositories that live for a second. */
const ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  // Without hooks that nobody calls.
  GIT_TEMPLATE_DIR: '',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
