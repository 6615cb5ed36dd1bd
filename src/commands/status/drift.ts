import { fail, ok, type Result } from '../../result.js';
import type { Git } from '../git.js';
import type { DeploymentRecord } from '../running/deployment-record.js';
import type { EnvironmentStatus } from './see-environment.js';

/** How far an environment is from the one that its commits come from. */
export interface Drift {
  readonly environment: string;
  readonly from: string;
  /** Commits that only the one before has, and that only this one has; undefined where that is not known. */
  readonly behind: number | undefined;
  readonly ahead: number | undefined;
  /** The same in a sentence, without its full stop. */
  readonly summary: string;
}

/** Compares each environment with the one that it comes after, where that is among them. */
export async function findDrift(all: readonly EnvironmentStatus[], git: Git): Promise<readonly Drift[]> {
  const pairs = all.flatMap((here) => {
    const from = all.find(({ environment }) => environment === here.after);
    return from === undefined ? [] : [{ here, from }];
  });
  return Promise.all(pairs.map(({ here, from }) => compare(here, from, git)));
}

async function compare(here: EnvironmentStatus, before: EnvironmentStatus, git: Git): Promise<Drift> {
  const { environment } = here;
  const from = before.environment;
  const unknown = (why: string): Drift => {
    const summary = `how far ${environment} is from ${from} is not known: ${why}`;
    return { environment, from, behind: undefined, ahead: undefined, summary };
  };
  const ours = versionOf(here);
  if (!ours.ok) return unknown(ours.error);
  const theirs = versionOf(before);
  if (!theirs.ok) return unknown(theirs.error);
  if (ours.value.commit === theirs.value.commit) {
    const summary =
      ours.value.digest === theirs.value.digest
        ? `${environment} runs what ${from} runs`
        : `${environment} runs the commit that ${from} runs, but another image of it`;
    return { environment, from, behind: 0, ahead: 0, summary };
  }
  const counts = await countCommits(ours.value.commit, theirs.value.commit, git);
  if (!counts.ok) return unknown(`they run different commits, and ${counts.error}`);
  const { behind, ahead } = counts.value;
  const parts = [
    ...(behind === 0 ? [] : [`${commits(behind)} behind`]),
    ...(ahead === 0 ? [] : [`${commits(ahead)} ahead of`]),
  ];
  return { environment, from, behind, ahead, summary: `${environment} is ${parts.join(' and ')} ${from}` };
}

async function countCommits(ours: string, theirs: string, git: Git) {
  if (await git.isShallow()) return fail('git cannot count them in a shallow checkout');
  for (const commit of [ours, theirs]) {
    if ((await git.find(commit)) === undefined)
      return fail(`git has no commit ${commit.slice(0, 12)} here: git fetch may bring it`);
  }
  const behind = await git.count(ours, theirs);
  const ahead = await git.count(theirs, ours);
  return behind === undefined || ahead === undefined ? fail('git cannot count them') : ok({ behind, ahead });
}

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}

/** The commit and the digest that all workloads of an environment run, or why there is no such one. */
function versionOf({ environment, workloads, unread }: EnvironmentStatus): Result<DeploymentRecord, string> {
  if (unread.length > 0) return fail(`${environment} could not be read${workloads.length === 0 ? '' : ' as a whole'}`);
  const records: DeploymentRecord[] = [];
  for (const { workload, record } of workloads) {
    if (record === undefined) return fail(`nothing says which commit ${workload} of ${environment} runs`);
    records.push(record);
  }
  const [first, ...others] = records;
  const isOne = others.every((one) => one.commit === first?.commit && one.digest === first.digest);
  return first !== undefined && isOne
    ? ok(first)
    : fail(`the workloads of ${environment} do not run one and the same image`);
}
