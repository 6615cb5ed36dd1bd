import type { Event, Job, Pod, Revision } from './objects.js';

/** A namespaced resource of the API, and the type of its objects. */
export interface Resource<T> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** Carries the type; never set. */
  readonly object?: T;
}

export const replicaSets: Resource<Revision> = {
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  kind: 'ReplicaSet',
};
export const controllerRevisions: Resource<Revision> = {
  group: 'apps',
  version: 'v1',
  plural: 'controllerrevisions',
  kind: 'ControllerRevision',
};
export const jobs: Resource<Job> = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' };
export const pods: Resource<Pod> = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
export const events: Resource<Event> = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

/** Path of a resource, or of one object, on the API server. */
export function pathOf(resource: Resource<unknown>, namespace: string, name = ''): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const collection = `${root}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`;
  return name === '' ? collection : `${collection}/${encodeURIComponent(name)}`;
}
