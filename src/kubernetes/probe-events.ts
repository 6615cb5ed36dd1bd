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
  const killing = events.findLast(
    ({ reason, message = '', lastTimestamp }) =>
      reason === 'Killing' &&
      message.startsWith(`Container ${container} failed `) &&
      // Of the life that has just ended, not of one before.
      Date.parse(lastTimestamp ?? '') >= Date.parse(ended.startedAt ?? ''),
  );
  const probe = /failed (liveness|startup) probe/.exec(killing?.message ?? '')?.[1];
  if (probe === undefined) return undefined;
  const words = findProbe(container, new RegExp(`^${probe} probe`, 'i'), events);
  return { probe, words };
}

/** What a probe of a container said last; rather what it has said more than once than a single hiccup after that. */
export function findProbe(container: string, words: RegExp, events: readonly Event[]): string | undefined {
  const said = events.filter(
    ({ reason, message = '', involvedObject: { fieldPath } }) =>
      reason === 'Unhealthy' &&
      words.test(message) &&
      (fieldPath === undefined || fieldPath.endsWith(`{${container}}`)),
  );
  const event = said.findLast(({ count = 1 }) => count > 1) ?? said.at(-1);
  return event && oneLine(event.message ?? '').replace(/:$/, '');
}
