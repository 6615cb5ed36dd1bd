import type { Git } from '../git.js';

/** How a commit is related to the one that runs, by the history of git. */
export type Relation =
  | { readonly kind: 'descends' }
  /** The one that runs descends from it. */
  | { readonly kind: 'ancestor' }
  | { readonly kind: 'diverged' }
  | { readonly kind: 'unknown'; readonly why: string; readonly next: string };

/**
 * Compares two commits. What a checkout lacks is fetched: a commit that no branch of it has, and the rest of a shallow
 * history, in which "does not descend" would only mean "is not seen to".
 */
export async function relate(git: Git, commit: string, running: string): Promise<Relation> {
  if ((await git.find('HEAD')) === undefined) {
    return unknown(
      'there is no git checkout in this folder, or no git',
      'Let the job check the repository out first (the step "checkout"), on a machine that has git.',
    );
  }
  for (const one of [commit, running]) {
    if (await fetchCommit(git, one)) continue;
    return unknown(
      `git finds no commit ${one}, neither in this checkout nor at its origin`,
      'It was forced out of the repository, or is of another one: an image can have the label of the image that it was built on.',
    );
  }
  const relation = await compare(git, commit, running);
  if (relation.kind !== 'diverged' || !(await git.isShallow())) return relation;
  await git.fetch('--unshallow', 'origin');
  if (await git.isShallow()) {
    return unknown(
      'the checkout is shallow, and the rest of its history cannot be fetched',
      'Check out with the whole history: the step "checkout" without a depth.',
    );
  }
  return compare(git, commit, running);
}

async function compare(git: Git, commit: string, running: string): Promise<Relation> {
  if (await git.isAncestor(running, commit)) return { kind: 'descends' };
  return { kind: (await git.isAncestor(commit, running)) ? 'ancestor' : 'diverged' };
}

/** Whether a commit is here, or could be brought here. */
async function fetchCommit(git: Git, commit: string): Promise<boolean> {
  if ((await git.find(commit)) !== undefined) return true;
  await git.fetch('origin', commit);
  if ((await git.find(commit)) !== undefined) return true;
  if (!(await git.isShallow())) return false;
  await git.fetch('--unshallow', 'origin');
  return (await git.find(commit)) !== undefined;
}

function unknown(why: string, next: string): Relation {
  return { kind: 'unknown', why, next };
}
