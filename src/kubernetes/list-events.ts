import type { Result } from '../result.js';
import { ok } from '../result.js';
import type { KubernetesClient } from './client.js';
import type { KubernetesError } from './kubernetes-error.js';
import type { Event, Metadata } from './objects.js';
import { events } from './resources.js';

/** The events about one object, oldest first. The cluster forgets them after an hour. */
export async function listEvents(
  client: KubernetesClient,
  object: { readonly metadata: Metadata },
): Promise<Result<readonly Event[], KubernetesError>> {
  const found = await client.list(events, { fields: `involvedObject.uid=${object.metadata.uid ?? ''}` });
  if (!found.ok) return found;
  return ok(sortEvents(found.value));
}

/** Oldest first. */
export function sortEvents(found: Iterable<Event>): readonly Event[] {
  return [...found].sort((left, right) => timeOf(left).localeCompare(timeOf(right)));
}

function timeOf(event: Event): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
}

/** `Warning BackOff (3 times): Back-off restarting failed container`. */
export function formatEvent(event: Event): string {
  const count = (event.count ?? 1) > 1 ? ` (${event.count} times)` : '';
  return `${event.type ?? 'Normal'} ${event.reason ?? ''}${count}: ${(event.message ?? '').trim().replaceAll(/\s*\n\s*/g, ' ')}`;
}
