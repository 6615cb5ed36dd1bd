import type { Git } from '../git.js';
import type { EnvironmentStatus } from './see-environment.js';

/** How far an environment is from the one before it. */
export interface Drift {
  readonly environment: string;
  readonly from: string;
  /** Commits that only the one before has, and that only this one has; undefined where git cannot tell. */
  readonly behind: number | undefined;
  readonly ahead: number | undefined;
  /** The same in a sentence. */
  readonly summary: string;
}

/** Compares each environment with the one before it. */
export async function findDrift(all: readonly EnvironmentStatus[], git: Git): Promise<readonly Drift[]> {
  const drift: Drift[] = [];
  for (const [at, here] of all.entries()) {
    const before = all[at - 1];
    if (before !== undefined) drift.push(await compare(here, before, git));
  }
  return drift;
}

async function compare(here: EnvironmentStatus, before: EnvironmentStatus, git: Git): Promise<Drift> {
  const names = { environment: here.environment, from: before.environment };
  const unknown = (summary: string) => ({ ...names, behind: undefined, ahead: undefined, summary });
  const [ours, theirs] = [versionOf(here), versionOf(before)];
  if (ours === undefined) return unknown(`${names.environment} does not run one commit that is known`);
  if (theirs === undefined) return unknown(`${names.from} does not run one commit that is known`);
  const { environment, from } = names;
  if (ours.commit === theirs.commit) {
    const summary =
      ours.digest === theirs.digest
        ? `${environment} runs what ${from} runs`
        : `${environment} runs the commit that ${from} runs, but another image of it`;
    return { ...names, behind: 0, ahead: 0, summary };
  }
  if (await git.isShallow()) return unknown(`${environment} runs another commit than ${from}; ${SHALLOW}`);
  const behind = await git.count(ours.commit, theirs.commit);
  const ahead = await git.count(theirs.commit, ours.commit);
  if (behind === undefined || ahead === undefined) {
    return unknown(`${environment} runs another commit than ${from}; how far they are apart git cannot say here`);
  }
  const parts = [
    ...(behind === 0 ? [] : [`${commits(behind)} behind`]),
    ...(ahead === 0 ? [] : [`${commits(ahead)} ahead of`]),
  ];
  return { ...names, behind, ahead, summary: `${environment} is ${parts.join(' and ')} ${from}` };
}

const SHALLOW = 'how far they are apart git cannot say in a shallow checkout';

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}

/** The commit and the digest that all workloads of an environment run. */
function versionOf({ workloads }: EnvironmentStatus): { readonly commit: string; readonly digest: string } | undefined {
  const [first, ...others] = workloads.map(({ record }) => record);
  const isOne = others.every((one) => one?.commit === first?.commit && one?.digest === first?.digest);
  return isOne ? first : undefined;
}
