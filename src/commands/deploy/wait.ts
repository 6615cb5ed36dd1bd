import type { Clock, Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { allContainers, isImageOf } from '../../kubernetes/image-match.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { listEvents } from '../../kubernetes/list-events.js';
import { type Deployment, type Event, findCondition, type Pod } from '../../kubernetes/objects.js';
import { makePatience, type Patience } from '../../kubernetes/patience.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import type { Problem } from '../../kubernetes/problem.js';
import { deployments, pods, replicaSets } from '../../kubernetes/resources.js';
import { formatSelector, type Rollout, readRollout } from '../../kubernetes/rollout.js';
import { formatWorkload, type WorkloadRef } from '../../kubernetes/workload.js';
import { ok, type Result } from '../../result.js';
import type { Progress } from '../progress.js';
import type { PinnedImage } from '../release-record.js';

/** One workload as it was seen last. */
export interface Seen {
  readonly ref: WorkloadRef;
  readonly deployment: Deployment;
  readonly rollout: Rollout;
  readonly problems: readonly Problem[];
}

/** How the wait ended. */
export type End =
  | { readonly kind: 'done'; readonly pods: number }
  /** The digest is set, and no workload has a Pod that could run it. */
  | { readonly kind: 'idle'; readonly all: readonly Seen[] }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly seen: Seen; readonly all: readonly Seen[] }
  | { readonly kind: 'timed-out'; readonly waiting: readonly Seen[]; readonly all: readonly Seen[] }
  | { readonly kind: 'lost'; readonly error: KubernetesError }
  | { readonly kind: 'interrupted'; readonly all: readonly Seen[] };

/** A workload to wait for, and what has to be true of it. */
export interface Awaited {
  readonly ref: WorkloadRef;
  /** Names of the containers that must have the digest. */
  readonly containers: readonly string[];
  /** `metadata.generation` that this run made or found: an older answer of the API server says nothing. */
  readonly generation: number;
  /** `spec.replicas` before. */
  readonly replicas: number;
}

export interface Waiting {
  readonly workloads: readonly Awaited[];
  readonly image: PinnedImage;
  /** Milliseconds. */
  readonly timeout: number;
}

const PERIOD = 1000;
/** Milliseconds that a container without a readiness probe must stay up: the cluster calls it available at once. */
const SETTLE = 10_000;
/** Milliseconds after which a container is old enough to be believed by its start time, even if our clock is off. */
const OLD = 30_000;
/** Pods that are not ready whose events are read, for each workload: replicas fail alike. */
const EVENTFUL = 3;

/** Waits for all workloads together, until each one is settled or one cannot be. */
export async function waitForRollouts(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  waiting: Waiting,
): Promise<End> {
  const deadline = io.clock.now() + waiting.timeout;
  const patience = new Map(waiting.workloads.map(({ ref }) => [ref.name, makePatience(io.clock)]));
  const steady = makeSteadiness(io.clock);
  let last: readonly Seen[] = [];
  for (;;) {
    if (io.signal.aborted) return { kind: 'interrupted', all: last };
    const all = await seeAll(client, waiting.workloads);
    if (all.ok) {
      last = all.value;
      const states = last.map((seen) => judge(seen, patience.get(seen.ref.name), steady, progress, waiting));
      const failed = states.find((state) => state.due !== undefined);
      if (failed?.due !== undefined) return { kind: 'failed', problem: failed.due, seen: failed.seen, all: last };
      if (states.every((state) => state.isSettled)) {
        if (last.every(hasNoReplicas)) return { kind: 'idle', all: last };
        return { kind: 'done', pods: last.reduce((sum, seen) => sum + seen.rollout.pods.length, 0) };
      }
    } else if (io.signal.aborted) {
      continue;
    } else if (['unreachable', 'expired', 'other'].includes(all.error.kind)) {
      // A rollout goes on while its API server is being replaced.
      progress.report('the cluster', `${all.error.message}; asking again`);
    } else {
      return { kind: 'lost', error: all.error };
    }
    if (io.clock.now() >= deadline) {
      if (!all.ok) return { kind: 'lost', error: all.error };
      return { kind: 'timed-out', waiting: last.filter((seen) => !seen.rollout.isComplete), all: last };
    }
    progress.heartbeat(() => last.map((seen) => `${formatWorkload(seen.ref)}: ${seen.rollout.progress}`).join('; '));
    await io.clock.sleep(PERIOD, io.signal);
  }
}

interface Judged {
  readonly seen: Seen;
  readonly due: Problem | undefined;
  readonly isSettled: boolean;
}

function judge(
  seen: Seen,
  patience: Patience | undefined,
  steady: Steadiness,
  progress: Progress,
  waiting: Waiting,
): Judged {
  const name = formatWorkload(seen.ref);
  const awaited = waiting.workloads.find(({ ref }) => ref.name === seen.ref.name);
  if (awaited === undefined || (seen.deployment.metadata.generation ?? 0) < awaited.generation) {
    progress.report(name, 'the API server answers with an older state; asking again');
    return { seen, due: undefined, isSettled: false };
  }
  const stray = findStray(seen, awaited, waiting.image);
  if (stray !== undefined) return { seen, due: stray, isSettled: false };
  progress.report(name, seen.rollout.progress);
  const weighed = patience?.weigh(seen.problems);
  for (const problem of weighed?.fresh ?? [])
    if (problem.reason !== 'NotReady') progress.say(`${name}: ${problem.cause}`);
  return { seen, due: weighed?.due, isSettled: steady(seen) };
}

/** Someone else's change of the workload while we wait: whatever becomes of it, it is not this digest that runs. */
function findStray(seen: Seen, awaited: Awaited, image: PinnedImage): Problem | undefined {
  const name = formatWorkload(seen.ref);
  const changed = (what: string): Problem => ({
    reason: 'Changed',
    cause: `${name} was changed by someone else while this job waited: ${what}`,
    grace: 0,
  });
  const { template, replicas = 1 } = seen.deployment.spec;
  for (const containers of [template.spec, ...seen.rollout.pods.map((pod) => pod.spec)].map(allContainers)) {
    const absent = awaited.containers.find((wanted) => !containers.some((container) => container.name === wanted));
    if (absent !== undefined) return changed(`it has no container "${absent}" any more`);
    // By name too: an image of quite another repository is no longer found by ours.
    const stray = containers.find(
      (container) =>
        (awaited.containers.includes(container.name) || isImageOf(container, image.repository)) &&
        !container.image?.endsWith(`@${image.digest}`),
    );
    if (stray !== undefined)
      return changed(`container "${stray.name}" has ${stray.image}, expected ${image.reference}`);
  }
  if (replicas === 0 && awaited.replicas > 0) {
    return changed(`it was scaled from ${awaited.replicas} to 0 replicas, so nothing of it runs`);
  }
  return undefined;
}

function hasNoReplicas(seen: Seen): boolean {
  return seen.deployment.spec.replicas === 0;
}

/** Whether a workload is complete and has been up for long enough. */
type Steadiness = (seen: Seen) => boolean;

/**
 * Without a readiness probe a container is available as soon as it runs, also when it is about to crash: it has to be
 * seen up for a while, without a restart. With a probe (or `minReadySeconds`) the cluster has looked already.
 */
function makeSteadiness(clock: Clock): Steadiness {
  const since = new Map<string, { readonly start: number; readonly restarts: string }>();
  return (seen) => {
    const { name } = seen.ref;
    const statuses = seen.rollout.pods.flatMap((pod) => pod.status?.containerStatuses ?? []);
    const isUp = statuses.every((status) => status.state?.running !== undefined && status.ready === true);
    if (!seen.rollout.isComplete || !isUp) {
      since.delete(name);
      return false;
    }
    const now = clock.now();
    const restarts = statuses.map((status) => status.restartCount).join();
    const known = since.get(name);
    const start = known?.restarts === restarts ? known.start : now;
    since.set(name, { start, restarts });
    return now - start >= SETTLE || !needsWatching(seen, now);
  };
}

function needsWatching(seen: Seen, now: number): boolean {
  if ((seen.deployment.spec.minReadySeconds ?? 0) * 1000 >= SETTLE) return false;
  return seen.rollout.pods.some((pod) =>
    pod.spec.containers.some((container) => {
      const status = pod.status?.containerStatuses?.find((one) => one.name === container.name);
      const started = Date.parse(status?.state?.running?.startedAt ?? '');
      return container.readinessProbe === undefined && !(now - started >= OLD);
    }),
  );
}

async function seeAll(
  client: KubernetesClient,
  workloads: readonly Awaited[],
): Promise<Result<readonly Seen[], KubernetesError>> {
  const seen: Seen[] = [];
  for (const { ref } of workloads) {
    const one = await see(client, ref);
    if (!one.ok) return one;
    seen.push(one.value);
  }
  return ok(seen);
}

async function see(client: KubernetesClient, ref: WorkloadRef): Promise<Result<Seen, KubernetesError>> {
  const deployment = await client.get(deployments, ref.name);
  if (!deployment.ok) return deployment;
  const labels = formatSelector(deployment.value.spec.selector);
  const sets = await client.list(replicaSets, { labels });
  if (!sets.ok) return sets;
  const listed = await client.list(pods, { labels });
  if (!listed.ok) return listed;
  const rollout = readRollout(deployment.value, sets.value, listed.value);
  const ofPods: Problem[] = [];
  const troubled = rollout.pods.filter((pod) => !isReady(pod));
  for (const [at, pod] of troubled.entries()) {
    ofPods.push(...findPodProblems(pod, at < EVENTFUL ? await eventsOf(client, pod) : []));
  }
  const problems = [...ofPods, ...rollout.problems].sort((left, right) => left.grace - right.grace);
  return ok({ ref, deployment: deployment.value, rollout, problems });
}

function isReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** Without the right to read events the wait goes on without them. */
async function eventsOf(client: KubernetesClient, pod: Pod): Promise<readonly Event[]> {
  const found = await listEvents(client, pod);
  return found.ok ? found.value : [];
}
