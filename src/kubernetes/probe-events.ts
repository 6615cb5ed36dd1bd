import type { Event, TerminatedState } from './objects.js';
import { oneLine } from './problem.js';

/** A probe for which the kubelet ended a container. */
export interface ProbeKill {
  /** `liveness` or `startup`. */
  readonly probe: string;
  readonly words: string | undefined;
}

/** Whether the kubelet ended the container for a probe: no exit code tells. */
export function probeKill(container: string, ended: TerminatedState, events: readonly Event[]): ProbeKill | undefined {
  // Of the life that has just ended, not of one before.
  return findKill(container, events, (time) => time >= Date.parse(ended.startedAt ?? ''));
}

/** Whether the kubelet is ending a container that still runs. @param startedAt of its life */
export function probeKillUnderWay(
  container: string,
  startedAt: string,
  events: readonly Event[],
): ProbeKill | undefined {
  // These times have whole seconds: within the same one it may be of the life before.
  return findKill(container, events, (time) => time > Date.parse(startedAt));
}

function findKill(
  container: string,
  events: readonly Event[],
  isOfLife: (time: number) => boolean,
): ProbeKill | undefined {
  const killing = events.findLast(
    ({ reason, message = '', lastTimestamp }) =>
      reason === 'Killing' &&
      message.startsWith(`Container ${container} failed `) &&
      isOfLife(Date.parse(lastTimestamp ?? '')),
  );
  const probe = /failed (liveness|startup) probe/.exec(killing?.message ?? '')?.[1];
  if (probe === undefined) return undefined;
  const words = findProbe(container, new RegExp(`^${probe} probe`, 'i'), events);
  return { probe, words };
}

/** How often liveness probes have failed. */
export function countLifeFailures(events: readonly Event[]): number {
  const failures = events.filter(
    ({ reason, message = '' }) => reason === 'Unhealthy' && message.startsWith('Liveness probe'),
  );
  return failures.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Of events that were said less than this part as often as another, none tells what a probe suffers from. */
const HICCUP = 0.25;

/** What a probe of a container said last, but for what it has said far less often than something else. */
export function findProbe(container: string, words: RegExp, events: readonly Event[]): string | undefined {
  const said = events.filter(
    ({ reason, message = '', involvedObject: { fieldPath } }) =>
      reason === 'Unhealthy' &&
      words.test(message) &&
      (fieldPath === undefined || fieldPath.endsWith(`{${container}}`)),
  );
  const most = Math.max(...said.map(({ count = 1 }) => count));
  const event = said.findLast(({ count = 1 }) => count >= most * HICCUP);
  return event && oneLine(event.message ?? '').replace(/:$/, '');
}
