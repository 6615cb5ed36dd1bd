import type { Clock, Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { allContainers, isImageOf } from '../../kubernetes/image-match.js';
import type { Rollout } from '../../kubernetes/kinds/kind.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { readRollout } from '../../kubernetes/kinds/read-rollout.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { listEvents } from '../../kubernetes/list-events.js';
import { type Event, findCondition, type Metadata, type Pod, type Workload } from '../../kubernetes/objects.js';
import { makePatience, type Patience } from '../../kubernetes/patience.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import type { Problem } from '../../kubernetes/problem.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Progress } from '../progress.js';
import type { PinnedImage } from '../release-record.js';

/** One workload as it was seen last. */
export interface Seen {
  readonly ref: WorkloadRef;
  readonly workload: Workload;
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
  /** `spec.replicas` before; 1 where the kind has none. */
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
  const patience = new Map(waiting.workloads.map(({ ref }) => [formatWorkload(ref), makePatience(io.clock)]));
  const steady = makeSteadiness(io.clock);
  let last: readonly Seen[] = [];
  for (;;) {
    if (io.signal.aborted) return { kind: 'interrupted', all: last };
    const all = await seeAll(client, waiting.workloads);
    if (all.ok) {
      last = all.value;
      const states = last.map((seen) => judge(seen, patience.get(formatWorkload(seen.ref)), steady, progress, waiting));
      const failed = states.find((state) => state.due !== undefined);
      if (failed?.due !== undefined) return { kind: 'failed', problem: failed.due, seen: failed.seen, all: last };
      if (states.every((state) => state.isSettled)) {
        if (last.every(({ rollout }) => rollout.wanted === 0)) return { kind: 'idle', all: last };
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
  const awaited = waiting.workloads.find(({ ref }) => formatWorkload(ref) === name);
  if (awaited === undefined || (seen.workload.metadata.generation ?? 0) < awaited.generation) {
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
  const { spec } = kinds[seen.ref.kind].templateOf(seen.workload);
  for (const containers of [spec, ...seen.rollout.pods.map((pod) => pod.spec)].map(allContainers)) {
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
  if (seen.workload.spec.replicas === 0 && awaited.replicas > 0) {
    return changed(`it was scaled from ${awaited.replicas} to 0 replicas, so nothing of it runs`);
  }
  return undefined;
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
    const name = formatWorkload(seen.ref);
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
  if ((seen.workload.spec.minReadySeconds ?? 0) * 1000 >= SETTLE) return false;
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
  const { resource, revisions, refusesByEvent } = kinds[ref.kind];
  const found = await client.get(resource, ref.name);
  if (!found.ok) return found;
  const workload = found.value;
  const labels = selectorOf(workload);
  const kept = revisions === undefined || labels === undefined ? ok([]) : await client.list(revisions, { labels });
  if (!kept.ok) return kept;
  const listed = labels === undefined ? ok([]) : await client.list(pods, { labels });
  if (!listed.ok) return listed;
  const around = {
    pods: listed.value,
    revisions: kept.value,
    events: refusesByEvent ? await eventsOf(client, workload) : [],
  };
  const rollout = readRollout(ref.kind, workload, around);
  const ofPods: Problem[] = [];
  const troubled = rollout.pods.filter((pod) => !isReady(pod));
  for (const [at, pod] of troubled.entries()) {
    ofPods.push(...findPodProblems(pod, at < EVENTFUL ? await eventsOf(client, pod) : []));
  }
  const problems = [...ofPods, ...rollout.problems].sort((left, right) => left.grace - right.grace);
  return ok({ ref, workload, rollout, problems });
}

function isReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** Without the right to read events the wait goes on without them. */
async function eventsOf(client: KubernetesClient, object: { readonly metadata: Metadata }): Promise<readonly Event[]> {
  const found = await listEvents(client, object);
  return found.ok ? found.value : [];
}
