import type { Clock } from '../../io/io.js';
import type { Container } from '../../kubernetes/objects.js';
import { KILLING } from '../../kubernetes/problem.js';
import { formatWorkload } from '../../workload.js';
import type { Seen } from './observe.js';

/** Milliseconds that a container without a readiness probe must stay up: the cluster calls it available at once. */
const SETTLE = 10_000;
/** The most that it is watched for. */
const LONGEST = 60_000;
/** Milliseconds that a busy node may take to ask a probe, and to tell of it. */
const SLACK = 10_000;

/** Whether a workload is complete and has been up for long enough. */
export type Steadiness = (seen: Seen) => boolean;

/**
 * Without a readiness probe a container is available as soon as it runs, also when it is about to crash: it has to be
 * seen up for a while, without a restart or a failure of its liveness probe. Its start time alone is not believed, since
 * our clock may be hours off. With a probe (or `minReadySeconds`) the cluster has looked already.
 */
export function makeSteadiness(clock: Clock): Steadiness {
  const since = new Map<string, { readonly start: number; readonly history: string }>();
  return (seen) => {
    const name = formatWorkload(seen.ref);
    const statuses = seen.rollout.pods.flatMap((pod) => pod.status?.containerStatuses ?? []);
    const isUp =
      statuses.every((status) => status.state?.running !== undefined && status.ready === true) &&
      // It runs and counts as ready until it has ended, for as long as its Pod grants it.
      !seen.problems.some(({ reason }) => reason === KILLING);
    if (!seen.rollout.isComplete || !isUp) {
      since.delete(name);
      return false;
    }
    const now = clock.now();
    const history = `${statuses.map((status) => status.restartCount).join()} ${seen.lifeFailures}`;
    const known = since.get(name);
    const start = known?.history === history ? known.start : now;
    since.set(name, { start, history });
    return now - start >= watchingTime(seen);
  };
}

/** Milliseconds that it has to be seen up, as long as the container without a readiness probe that needs most. */
function watchingTime({ workload, rollout }: Seen): number {
  const unprobed = rollout.pods.flatMap((pod) => pod.spec.containers.filter((one) => one.readinessProbe === undefined));
  const needed = Math.max(0, ...unprobed.map(settlingTime));
  return (workload.spec.minReadySeconds ?? 0) * 1000 >= needed ? 0 : needed;
}

/** A liveness probe has its say when it has failed as often as it may; it may be asked first when a period is over. */
function settlingTime({ livenessProbe }: Container): number {
  if (livenessProbe === undefined) return SETTLE;
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3 } = livenessProbe;
  const seconds = initialDelaySeconds + periodSeconds * (failureThreshold + 1) + timeoutSeconds;
  return Math.min(LONGEST, seconds * 1000 + SLACK);
}
