import { isDeepStrictEqual } from 'node:util';
import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { formatWorkload } from '../../workload.js';
import type { Failure } from '../command.js';
import { formatDuration } from '../duration.js';
import type { Limits } from '../limits.js';
import type { Progress } from '../progress.js';
import { describeWay, goBack, type WayBack } from './go-back.js';
import type { WorkloadPlan } from './plan-workload.js';
import { reportFailure } from './report.js';

/** A deployment that has failed. */
export interface Failed {
  readonly failure: Failure;
  /** What it was to do, as far as it has been tried. */
  readonly plans: readonly WorkloadPlan[];
  /** As given. */
  readonly timeout: string;
  /** The way back may take as long as the way there. */
  readonly limits: Limits;
}

/**
 * Returns the set to the images that it ran before, waits for it, and tells the failure with what became of it: 75 when all of it is
 * back, else the code of what went wrong on the way back.
 */
export async function rollBack(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  { failure, plans, timeout, limits }: Failed,
): Promise<Failure> {
  const ways = plans
    .filter((one) => !isBeside(one))
    .flatMap(({ ref, after, before }): WayBack[] => (before === undefined ? [] : [{ ref, from: after, to: before }]))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
  const staying = plans.flatMap(describeLeft);
  const lines = [...ways.flatMap(describeWay), ...staying];
  progress.say(`The deployment failed: ${failure.cause}`);
  progress.say('Rolling back, since rollback is automatic:');
  for (const line of lines) progress.say(line);
  const start = progress.elapsed();
  const { left, end } = await goBack(client, io, progress, { ways, beside: plans.filter(isBeside), limits });
  const details = failure.details ?? [];
  const problems = [...left];
  if (end !== undefined && end.kind !== 'done' && end.kind !== 'idle') {
    const workloads = plans.map(({ ref }) => ref);
    problems.push(await reportFailure(client, end, { timeout, workloads, advice: LOOK }));
  }
  const [first, ...others] = problems;
  if (first === undefined) {
    const took = formatDuration(progress.elapsed() - start);
    return {
      code: 75,
      cause: failure.cause,
      details: [...details, `rolled back, after ${took}:`, ...lines],
      next: `${staying.length === 0 ? DONE : IMAGES} ${MEND}`,
    };
  }
  return {
    code: problems.some(({ code }) => code === 70) ? 70 : 1,
    cause: `${failure.cause}; and the rollback did not come up: ${first.cause}`,
    details: [
      ...details,
      'the rollback that did not come up:',
      ...lines,
      ...(first.details ?? []),
      ...others.flatMap((one) => [one.cause, ...(one.details ?? [])]),
    ],
    next: first.next ?? LOOK,
  };
}

const DONE = 'The workloads run again what they ran before this deployment; a migration is not undone.';
const IMAGES =
  'What has gone back runs again the images of before this deployment; what stays is told above, and a migration is not undone.';
const MEND = 'Mend the cause, and make a new commit.';
const LOOK = 'See what runs: build-once status. Then go back, or on, by hand: build-once rollback, or a new commit.';

/** Whether a run has set images of a workload that was there, which can go back then. */
export function hasSetImages({ patch, before, after }: WorkloadPlan): boolean {
  return patch !== undefined && before !== undefined && !isDeepStrictEqual(before.images, after.images);
}

/** Changed by its manifest, and without an image to return: it is not back, and has to be up as it is. */
function isBeside({ patch, before, images }: WorkloadPlan): boolean {
  return patch !== undefined && before !== undefined && Object.keys(images).length === 0;
}

/** What of a workload does not go back, for a person. */
function describeLeft({ ref, patch, before }: WorkloadPlan): readonly string[] {
  const name = formatWorkload(ref);
  if (patch !== undefined && before === undefined) return [`${name}: ran nothing of this before, and stays as it is`];
  return patch?.type === 'apply' ? [`${name}: what else its manifest has changed stays`] : [];
}
