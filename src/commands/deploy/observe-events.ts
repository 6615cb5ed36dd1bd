import type { Selector } from '../../kubernetes/client.js';
import { sortEvents } from '../../kubernetes/list-events.js';
import type { Mirror } from '../../kubernetes/mirror.js';
import type { Event, Metadata } from '../../kubernetes/objects.js';
import { events, type Resource } from '../../kubernetes/resources.js';

/** The events about a few objects, each watched by itself: those of a whole namespace may be tens of thousands. */
export interface FewEvents {
  /** Oldest first; none until they have been read, and none where the user may not read events. */
  about(object: { readonly metadata: Metadata }): readonly Event[];
  /** Ends the watches of all that was not asked for since the last time. */
  endOthers(): void;
}

export function observeEvents(open: (resource: Resource<Event>, which: Selector) => Mirror<Event>): FewEvents {
  let before = new Map<string, Mirror<Event>>();
  let now = new Map<string, Mirror<Event>>();
  return {
    about: ({ metadata: { uid = '' } }) => {
      const mirror = now.get(uid) ?? before.get(uid) ?? open(events, { fields: `involvedObject.uid=${uid}` });
      now.set(uid, mirror);
      return sortEvents(mirror.objects()?.values() ?? []);
    },
    endOthers: () => {
      for (const [uid, mirror] of before) if (!now.has(uid)) mirror.stop();
      before = now;
      now = new Map();
    },
  };
}
