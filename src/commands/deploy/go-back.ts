import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import type { Limits } from '../limits.js';
import type { Progress } from '../progress.js';
import { isAt, type State, setState } from '../running/state.js';
import { onlyFor, PAUSE } from './apply.js';
import { freeStuckPods } from './free-stuck-pods.js';
import { type Awaited, type End, waitForRollouts } from './wait.js';

/** The way back of one workload. */
export interface WayBack {
  readonly ref: WorkloadRef;
  /** What it must be in when it is set back: whatever else it is, somebody else has made it. */
  readonly from: State;
  readonly to: State;
}

/** How it went for all of them. */
export interface WentBack {
  /** Why each one that did not go back was left. */
  readonly left: readonly Failure[];
  /** How those ended that went; undefined where none did. */
  readonly end: End | undefined;
}

/** What goes back, and what is waited for. */
export interface GoingBack {
  readonly ways: readonly WayBack[];
  /** Those that stay as they are, and have to be up, too. */
  readonly beside?: readonly Awaited[];
  /** For all of it; an API server that is away is waited for. */
  readonly limits: Limits;
}

/** Sets workloads back, each only as long as nobody else has changed it, and waits until all of those are up again. */
export async function goBack(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  { ways, beside = [], limits }: GoingBack,
): Promise<WentBack> {
  const deadline = io.clock.now() + limits.timeout;
  const left: Failure[] = [];
  const awaited: Awaited[] = [];
  for (const way of ways) {
    const went = await goOneBack(client, io, progress, { way, deadline });
    if ('cause' in went) left.push(went);
    else awaited.push(went);
  }
  if (awaited.length === 0) return { left, end: undefined };
  await freeStuckPods(client, io, progress, awaited, 'unready');
  const timeout = Math.max(0, deadline - io.clock.now());
  const { grace } = limits;
  const workloads = [...awaited, ...beside];
  return { left, end: await waitForRollouts(client, io, progress, { workloads, timeout, grace }) };
}

/** What changes on the way back, for a person. */
export function describeWay({ ref, from, to }: WayBack): readonly string[] {
  const workload = formatWorkload(ref);
  const changed = Object.entries(to.images).filter(([name, image]) => from.images[name] !== image);
  const added = Object.entries(from.images).filter(([name]) => to.images[name] === undefined);
  if (changed.length + added.length === 0) return [`${workload}: the record of its deployment`];
  return [
    ...changed.map(([name, image]) => {
      return `${workload}: container ${name}: ${formatVersion(from.images[name])} -> ${formatVersion(image)}`;
    }),
    ...added.map(
      ([name, image]) => `${workload}: container ${name}: was not there before, stays ${formatVersion(image)}`,
    ),
  ];
}

async function goOneBack(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  { way: { ref, from, to }, deadline }: { readonly way: WayBack; readonly deadline: number },
): Promise<Awaited | Failure> {
  const { resource } = kinds[ref.kind];
  for (;;) {
    const found = await client.get(resource, ref.name);
    const isThere = found.ok && isAt(ref, found.value, to);
    if (found.ok && !isThere && !isAt(ref, found.value, from)) return changedSince(ref);
    const answer =
      !found.ok || isThere
        ? found
        : await client.patch(
            resource,
            ref.name,
            onlyFor(found.value.metadata.resourceVersion, setState(ref, found.value, to)),
          );
    if (answer.ok) {
      const { metadata, spec } = answer.value;
      const { uid, generation = 0 } = metadata;
      return { ref, images: { ...from.images, ...to.images }, uid, generation, replicas: spec.replicas ?? 1 };
    }
    const isPassing = ['conflict', 'unreachable', 'other'].includes(answer.error.kind);
    if (!isPassing || io.signal.aborted || io.clock.now() >= deadline)
      return toWorkloadFailure(answer.error, deployRules([ref]));
    if (answer.error.kind !== 'conflict') progress.report('the cluster', `${answer.error.message}; asking again`);
    await io.clock.sleep(PAUSE, io.signal);
  }
}

function changedSince(ref: WorkloadRef): Failure {
  return {
    code: 1,
    cause: `${formatWorkload(ref)} was changed by someone else meanwhile, and is left as it is`,
    next: 'Find out who has changed it. build-once status shows what runs.',
  };
}
