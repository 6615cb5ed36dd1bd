import type { Clock } from '../../io/io.js';
import { formatWorkload } from '../../workload.js';
import type { Seen } from './observe.js';

/** Milliseconds that a container without a readiness probe must stay up: the cluster calls it available at once. */
const SETTLE = 10_000;

/** Whether a workload is complete and has been up for long enough. */
export type Steadiness = (seen: Seen) => boolean;

/**
 * Without a readiness probe a container is available as soon as it runs, also when it is about to crash: it has to be
 * seen up for a while, without a restart; by its start time alone it is not believed, since our clock may be hours off. With
 * a probe (or `minReadySeconds`) the cluster has looked already.
 */
export function makeSteadiness(clock: Clock): Steadiness {
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
    return now - start >= SETTLE || !needsWatching(seen);
  };
}

function needsWatching({ workload, rollout }: Seen): boolean {
  if ((workload.spec.minReadySeconds ?? 0) * 1000 >= SETTLE) return false;
  return rollout.pods.some((pod) => pod.spec.containers.some((one) => one.readinessProbe === undefined));
}
