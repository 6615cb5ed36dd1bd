import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';

/** What git is asked in a checkout. */
export interface Git {
  /** The commit that a name stands for; undefined where it is not known here. */
  find(name: string): Promise<string | undefined>;
  /** Asks the remote for a commit, or for `+FROM:TO`. Whether it came is seen by looking. */
  fetch(...what: readonly string[]): Promise<void>;
  /** The nearest common ancestor of a commit and others; undefined where there is none. */
  mergeBase(commit: string, others: readonly string[]): Promise<string | undefined>;
  /** Whether `commit` is `ancestor`, or descends from it, as far as the history is here. */
  isAncestor(ancestor: string, commit: string): Promise<boolean>;
  /** How many commits `to` has that `from` has not; undefined where one of them is not known here. */
  count(from: string, to: string): Promise<number | undefined>;
  isShallow(): Promise<boolean>;
  /** The files that differ between two commits, from the top of the repository; of a renamed one both names. */
  changedFiles(from: string, to: string): Promise<Result<readonly string[], string>>;
}

/** Git in a folder. Default: that of the job. */
export function openGit(io: Io, folder = '.'): Git {
  const env = { ...io.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const run = (...args: readonly string[]) => io.processes.run('git', args, { env, cwd: folder, signal: io.signal });
  const ask = async (...args: readonly string[]) => {
    const { exitCode, stdout } = await run(...args);
    const [line = ''] = stdout.split('\n');
    return exitCode === 0 && line !== '' ? line : undefined;
  };
  return {
    find: (name) => ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`),
    // Names of commits alone: what has changed is seen by folders, and the contents of files stay where they are.
    fetch: async (...what) => {
      await run('fetch', '--quiet', '--no-tags', '--filter=blob:none', ...what);
    },
    mergeBase: (commit, others) => ask('merge-base', commit, ...others),
    isAncestor: async (ancestor, commit) => (await run('merge-base', '--is-ancestor', ancestor, commit)).exitCode === 0,
    count: async (from, to) => {
      const counted = await ask('rev-list', '--count', `${from}..${to}`, '--');
      return counted === undefined ? undefined : Number(counted);
    },
    isShallow: async () => (await ask('rev-parse', '--is-shallow-repository')) === 'true',
    changedFiles: async (from, to) => {
      // With -z names come as they are, whatever is in them.
      const ended = await run('diff', '--name-only', '--no-renames', '--no-relative', '-z', from, to, '--');
      if (ended.exitCode === 0) return ok(ended.stdout.split('\0').filter((name) => name !== ''));
      const [line = ''] = (ended.error ?? ended.stderr).split('\n');
      return fail(line);
    },
  };
}
