import type { Git } from '../git.js';

/** What a push has changed, or why every service is to run. */
export type Changes =
  | {
      readonly kind: 'files';
      /** The commit that the push is compared with, and what it is. */
      readonly base: string;
      readonly what: string;
      readonly files: readonly string[];
    }
  | { readonly kind: 'every'; readonly why: string };

/** What is known of a push. */
export interface Push {
  readonly commit: string;
  /** Empty for a git tag. */
  readonly branch: string;
  /** Empty for a branch. */
  readonly tag: string;
  /** Branches that are deployed from. */
  readonly branches: readonly string[];
  /** The commit of the branch that was continued last, as far as it is known. */
  readonly record: string | undefined;
  /** The pipeline value; CircleCI writes `<nil>`, or nothing, where it has none. */
  readonly baseRevision: string;
}

const every = (why: string): Changes => ({ kind: 'every', why });

/** Finds out what a push has changed. Whatever cannot be known is a reason to run every service. */
export async function findChanges(push: Push, git: Git): Promise<Changes> {
  const { commit, tag, branch, branches } = push;
  if (tag !== '') return every(`it is the git tag ${tag}`);
  if ((await git.find(commit)) === undefined)
    return every(`git does not know the commit ${commit}: is it checked out?`);
  const base = branches.includes(branch) ? await findBefore(push, git) : await findFork(push, git);
  if (base.kind === 'every') return base;
  const files = await git.changedFiles(base.commit, commit);
  if (!files.ok) return every(`git cannot compare ${base.commit} with ${commit}: ${files.error}`);
  const config = files.value.find((file) => file.startsWith('.circleci/'));
  if (config !== undefined) return every(`${config} has changed since ${base.what}`);
  return { kind: 'files', base: base.commit, what: base.what, files: files.value };
}

type Base =
  | { readonly kind: 'base'; readonly commit: string; readonly what: string }
  | Extract<Changes, { kind: 'every' }>;

/** On a branch that is deployed from, everything since the last time counts. */
async function findBefore({ record, baseRevision, branch, commit }: Push, git: Git): Promise<Base> {
  const given = /^[0-9a-f]{40}$/.test(baseRevision) && !/^0+$/.test(baseRevision) ? baseRevision : undefined;
  const before = record ?? given;
  if (before === undefined) return { kind: 'every', why: `what was on ${branch} before is not known` };
  if (before === commit) return { kind: 'every', why: `this commit of ${branch} has been continued before` };
  if ((await git.find(before)) === undefined) await git.fetch('origin', before);
  if ((await git.find(before)) === undefined) {
    return { kind: 'every', why: `git no longer knows ${before}, which was on ${branch} before` };
  }
  const what = record === undefined ? `the push before on ${branch}` : `${branch} was continued last`;
  return { kind: 'base', commit: before, what };
}

/** On any other branch, everything since it left those that are deployed from. */
async function findFork({ branches, commit }: Push, git: Git): Promise<Base> {
  const refs: string[] = [];
  for (const branch of branches) {
    const ref = `refs/remotes/origin/${branch}`;
    if ((await git.find(ref)) === undefined) await git.fetch('origin', `+refs/heads/${branch}:${ref}`);
    if ((await git.find(ref)) !== undefined) refs.push(ref);
  }
  const others = branches.length === 0 ? ['refs/remotes/origin/HEAD'] : refs;
  const names = branches.length === 0 ? 'the default branch' : branches.join(' or ');
  let fork = others.length === 0 ? undefined : await git.mergeBase(commit, others);
  if (fork === undefined && (await git.isShallow())) {
    await git.fetch('--unshallow', 'origin');
    fork = others.length === 0 ? undefined : await git.mergeBase(commit, others);
  }
  if (fork === undefined) return { kind: 'every', why: `where this branch left ${names} is not known` };
  return { kind: 'base', commit: fork, what: `it left ${names}` };
}
