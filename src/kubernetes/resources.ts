import type { Event, Job, Lease, Pod, Revision } from './objects.js';

/** A resource of the API, and the type of its objects. */
export interface Resource<T> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** Default: namespaced. */
  readonly scope?: 'cluster';
  /** Only the metadata of its objects is ever asked for, since the rest is secret, or of no use here. */
  readonly metadataOnly?: true;
  /** To create one is to ask a question: nothing is stored. */
  readonly isReview?: true;
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
export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
};

/** What an API says of one of its resources (`APIResource`). */
export interface ApiResource {
  /** Plural, or with a slash the subresource of one. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * The resource that a kind most probably has, where no cluster can be asked: `networkpolicies` of `NetworkPolicy`. True of
 * all kinds of Kubernetes itself that have a plural in their name.
 */
export function guessResource(apiVersion: string, kind: string): Pick<Resource<unknown>, 'group' | 'plural'> {
  const [, group = ''] = apiVersion.split('/').reverse();
  const name = kind.toLowerCase();
  const plural = /[^aeiou]y$/.test(name) ? name.replace(/y$/, 'ies') : name + (/(?:s|x|ch)$/.test(name) ? 'es' : 's');
  return { group, plural: name === 'endpoints' ? name : plural };
}

/** Path of a version of an API group. */
export function rootOf({ group, version }: Pick<Resource<unknown>, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** Path of a resource, or of one object, on the API server. */
export function pathOf(resource: Resource<unknown>, namespace: string, name = ''): string {
  const within = resource.scope === 'cluster' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const collection = `${rootOf(resource)}${within}/${resource.plural}`;
  return name === '' ? collection : `${collection}/${encodeURIComponent(name)}`;
}
