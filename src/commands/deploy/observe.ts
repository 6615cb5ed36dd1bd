import type { Io } from '../../io/io.js';
import type { KubernetesClient, Selector } from '../../kubernetes/client.js';
import type { Rollout } from '../../kubernetes/kinds/kind.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { readRollout } from '../../kubernetes/kinds/read-rollout.js';
import { type Mirror, openMirror, type Trouble } from '../../kubernetes/mirror.js';
import { findCondition, type Metadata, type Pod, type Revision, type Workload } from '../../kubernetes/objects.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import { countLifeFailures } from '../../kubernetes/probe-events.js';
import type { Problem } from '../../kubernetes/problem.js';
import { pods, type Resource } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { makeSlimPods } from '../../kubernetes/slim-pod.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import { type FewEvents, observeEvents } from './observe-events.js';

/** One workload as it was seen last. */
export interface Seen {
  readonly ref: WorkloadRef;
  readonly workload: Workload;
  readonly rollout: Rollout;
  readonly problems: readonly Problem[];
  /** How often liveness probes have failed in Pods that no readiness probe speaks for, as far as events tell. */
  readonly lifeFailures: number;
}

/** Workloads with what belongs to them, kept as they are in the cluster. */
export interface Observation {
  /** A workload as it is now; undefined until all of it has been read. What is in trouble may have changed since. */
  see(ref: WorkloadRef): Result<Seen | undefined, Trouble>;
  /** Ends its requests. */
  stop(): void;
}

/** Pods that are in doubt whose events are read, for each workload: replicas fail alike. */
const EVENTFUL = 3;

/**
 * Watches each workload from the first time that it is asked for.
 * @param onChange called when another look may show something new
 */
export function observe(client: KubernetesClient, io: Io, onChange: () => void): Observation {
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const slimPod = makeSlimPods();
  const open = <T extends { readonly metadata: Metadata }>(
    resource: Resource<T>,
    which: Selector | { readonly name: string },
    keep?: (object: T) => T,
  ) => openMirror(client, { resource, which, ...(keep && { keep }), clock: io.clock, onChange, signal });
  const workloads = new Map<string, Mirror<Workload>>();
  const podsOf = new Map<string, Mirror<Pod>>();
  const revisionsOf = new Map<string, Mirror<Revision>>();
  const eventsOf = new Map<string, FewEvents>();

  return {
    stop: () => stop.abort(),
    see: (ref) => {
      const name = formatWorkload(ref);
      const { resource, revisions, refusesByEvent } = kinds[ref.kind];
      const own = obtain(workloads, name, () => open(resource, { name: ref.name }));
      const workload = own.objects()?.get(ref.name);
      const labels = workload && selectorOf(workload);
      const ofPods = labels === undefined ? undefined : obtain(podsOf, labels, () => open(pods, { labels }, slimPod));
      const ofRevisions =
        labels === undefined || revisions === undefined
          ? undefined
          : obtain(revisionsOf, `${revisions.plural} ${labels}`, () => open(revisions, { labels }));

      const needed = [own, ofPods, ofRevisions].filter((one) => one !== undefined);
      const troubles = needed.map((one) => one.trouble()).filter((one) => one !== undefined);
      const trouble = troubles.find(({ isFinal }) => isFinal) ?? troubles[0];
      if (trouble !== undefined) return fail(trouble);
      if (workload === undefined || needed.some((one) => one.objects() === undefined)) return ok(undefined);

      const events = obtain(eventsOf, name, () => observeEvents(open));
      const rollout = readRollout(ref.kind, workload, {
        pods: [...(ofPods?.objects()?.values() ?? [])],
        revisions: [...(ofRevisions?.objects()?.values() ?? [])],
        events: refusesByEvent ? events.about(workload) : [],
      });
      const doubtful = [...rollout.pods.filter((pod) => !isReady(pod)), ...rollout.pods.filter(isReadyUnasked)];
      const told = doubtful.map((pod, at) => (at < EVENTFUL ? events.about(pod) : []));
      const problems = doubtful.flatMap((pod, at) => findPodProblems(pod, told[at]));
      events.endOthers();
      return ok({
        ref,
        workload,
        rollout,
        problems: [...problems, ...rollout.problems].sort((left, right) => left.grace - right.grace),
        lifeFailures: countLifeFailures(told.flat()),
      });
    },
  };
}

function obtain<T>(known: Map<string, T>, key: string, open: () => T): T {
  const value = known.get(key) ?? open();
  known.set(key, value);
  return value;
}

function isReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** It counts as ready as soon as it runs, and only a liveness probe will say whether it works. */
function isReadyUnasked(pod: Pod): boolean {
  const isUnasked = pod.spec.containers.some(
    (one) => one.livenessProbe !== undefined && one.readinessProbe === undefined,
  );
  return isUnasked && isReady(pod);
}
