import { fail, ok } from '../result.js';
import type { KubernetesClient } from './client.js';
import type { Pod } from './objects.js';
import { pods, type Resource } from './resources.js';

/** An object that is about to be applied. */
export interface Foreseen {
  readonly resource: Resource<unknown>;
  readonly name: string;
  /** As the API server would store it. */
  readonly after: object;
  readonly isNew: boolean;
}

/**
 * The namespace as it will be when these objects are there: to verify what refers to them before they are. A Pod of a
 * service account that is still to be made cannot be tried, as the API server would refuse it.
 */
export function foresee(client: KubernetesClient, objects: readonly Foreseen[]): KubernetesClient {
  const find = ({ group, plural }: Resource<unknown>, name: string) =>
    objects.find((one) => one.name === name && one.resource.plural === plural && one.resource.group === group);
  const accounts = objects.filter(({ resource, isNew }) => isNew && resource.kind === 'ServiceAccount');
  return {
    ...client,
    get: async <T>(resource: Resource<T>, name: string, signal?: AbortSignal) => {
      const found = find(resource, name);
      return found === undefined ? client.get(resource, name, signal) : ok(found.after as T);
    },
    create: async (resource, object, options) => {
      const account = resource.plural === pods.plural ? (object as Pod).spec.serviceAccountName : undefined;
      const isToCome = accounts.some(({ name }) => name === account);
      return isToCome ? fail({ kind: 'other', message: TO_COME }) : client.create(resource, object, options);
    },
  };
}

const TO_COME = 'its service account is still to be made';
