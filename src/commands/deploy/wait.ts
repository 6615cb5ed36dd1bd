import type { Clock, Io } from '../../io/io.js';
import { makeWake } from '../../io/wake.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { makePatience, type Patience } from '../../kubernetes/patience.js';
import type { Problem } from '../../kubernetes/problem.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Progress } from '../progress.js';
import { changed, findStray } from './find-stray.js';
import { areCurrent, isStillThere } from './is-current.js';
import { observe, type Seen } from './observe.js';
import { retell } from './retell.js';
import { makeSteadiness, type Steadiness } from './steadiness.js';

/** How the wait ended. */
export type End =
  /** `pods` are those that run an image that was waited for. */
  | { readonly kind: 'done'; readonly pods: number }
  /** The digest is set, and no workload that has it has a Pod that could run it. */
  | { readonly kind: 'idle'; readonly all: readonly Seen[] }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly seen: Seen; readonly all: readonly Seen[] }
  | { readonly kind: 'timed-out'; readonly waiting: readonly Seen[]; readonly all: readonly Seen[] }
  | { readonly kind: 'lost'; readonly error: KubernetesError }
  | { readonly kind: 'interrupted'; readonly all: readonly Seen[] };

/** A workload to wait for, and what has to be true of it. */
export interface Awaited {
  readonly ref: WorkloadRef;
  /** The images that its containers must have, by name; none where it was applied beside those that have them. */
  readonly images: Readonly<Record<string, string>>;
  /** Of the object that was changed: another of its name has another. */
  readonly uid: string | undefined;
  /** `metadata.generation` that this run made or found: an older answer of the API server says nothing. */
  readonly generation: number;
  /** `spec.replicas` before; 1 where the kind has none. */
  readonly replicas: number;
}

export interface Waiting {
  readonly workloads: readonly Awaited[];
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds that what can heal may last. */
  readonly grace: number;
}

/** Milliseconds between two looks where nothing changes: some things are judged by how long they last. */
const PERIOD = 1000;

/** Waits for all workloads together, until each one is settled or one cannot be. */
export async function waitForRollouts(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  waiting: Waiting,
): Promise<End> {
  const wake = makeWake(io.clock, io.signal);
  const observation = observe(client, io, wake.call);
  try {
    const deadline = io.clock.now() + waiting.timeout;
    const patience = new Map(
      waiting.workloads.map(({ ref }) => [formatWorkload(ref), makePatience(io.clock, waiting.grace)]),
    );
    const steady = makeSteadiness(io.clock);
    const tell = makeTeller(io.clock, progress);
    let last: readonly Seen[] = [];
    for (;;) {
      if (io.signal.aborted) return { kind: 'interrupted', all: last };
      const sights = waiting.workloads.map(({ ref }) => observation.see(ref));
      const troubles = sights.flatMap((sight) => (sight.ok ? [] : [sight.error]));
      const lost = troubles.find(({ isFinal }) => isFinal);
      if (lost !== undefined) return { kind: 'lost', error: lost.error };
      const all = sights.flatMap((sight) => (sight.ok && sight.value !== undefined ? [sight.value] : []));
      if (troubles[0] !== undefined) {
        // A rollout goes on while its API server is being replaced.
        progress.report('the cluster', `${troubles[0].error.message}; asking again`);
      } else if (all.length === sights.length) {
        last = all;
        const states = last.map((seen) => judge(seen, patience.get(formatWorkload(seen.ref)), steady, waiting));
        const end = findEnd(states);
        tell(states, end !== undefined);
        if (end !== undefined && (await isSo(client, end, last))) {
          return end.kind === 'failed' ? retell(client, end, patience.get(formatWorkload(end.seen.ref))) : end;
        }
      }
      const left = deadline - io.clock.now();
      if (left <= 0) {
        if (troubles[0] !== undefined) return { kind: 'lost', error: troubles[0].error };
        return { kind: 'timed-out', waiting: last.filter((seen) => !seen.rollout.isComplete), all: last };
      }
      progress.heartbeat(() => last.map((seen) => `${formatWorkload(seen.ref)}: ${seen.rollout.progress}`).join('; '));
      await wake.wait(Math.min(PERIOD, left));
    }
  } finally {
    observation.stop();
  }
}

interface Judged {
  readonly seen: Seen;
  /** Where it stands, for a person. */
  readonly progress: string;
  /** What is wrong since now. */
  readonly fresh: readonly Problem[];
  readonly due: Problem | undefined;
  readonly isSettled: boolean;
  readonly hasImage: boolean;
}

function judge(seen: Seen, patience: Patience | undefined, steady: Steadiness, waiting: Waiting): Judged {
  const { progress } = seen.rollout;
  const name = formatWorkload(seen.ref);
  const awaited = waiting.workloads.find(({ ref }) => formatWorkload(ref) === name);
  const hasImage = Object.keys(awaited?.images ?? {}).length > 0;
  const unsettled = { seen, hasImage, progress, fresh: [], due: undefined, isSettled: false };
  if (awaited !== undefined && seen.workload.metadata.uid !== awaited.uid) {
    const due = changed(seen.ref, 'it was deleted, and another was made in its place');
    return { ...unsettled, due };
  }
  if (awaited === undefined || (seen.workload.metadata.generation ?? 0) < awaited.generation) {
    const older = 'the API server answers with an older state; asking again';
    return { ...unsettled, progress: older };
  }
  const stray = findStray(seen, awaited);
  if (stray !== undefined) return { ...unsettled, due: stray };
  const { fresh = [], due } = patience?.weigh(seen.problems) ?? {};
  return { ...unsettled, fresh, due, isSettled: steady(seen) };
}

function findEnd(states: readonly Judged[]): End | undefined {
  const all = states.map(({ seen }) => seen);
  const failed = states.find(({ due }) => due !== undefined);
  if (failed?.due !== undefined) return { kind: 'failed', problem: failed.due, seen: failed.seen, all };
  if (!states.every(({ isSettled }) => isSettled)) return undefined;
  const withImage = states.flatMap(({ seen, hasImage }) => (hasImage ? [seen] : []));
  if (withImage.length > 0 && withImage.every(({ rollout }) => rollout.wanted === 0))
    return { kind: 'idle', all: withImage };
  return { kind: 'done', pods: withImage.reduce((sum, { rollout }) => sum + rollout.pods.length, 0) };
}

function isSo(client: KubernetesClient, end: End, all: readonly Seen[]): Promise<boolean> {
  return end.kind === 'failed' ? isStillThere(client, end.problem, end.seen) : areCurrent(client, all);
}

/** Tells at once what is wrong, and how far all is once a second and at the end: of thousands of Pods each is a step. */
function makeTeller(clock: Clock, progress: Progress): (states: readonly Judged[], isEnd: boolean) => void {
  let last = -Infinity;
  return (states, isEnd) => {
    const isDue = isEnd || clock.now() - last >= PERIOD;
    if (isDue) last = clock.now();
    for (const { seen, progress: where, fresh } of states) {
      const name = formatWorkload(seen.ref);
      if (isDue) progress.report(name, where);
      for (const problem of fresh) progress.say(`${name}: ${problem.cause}`);
    }
  };
}
