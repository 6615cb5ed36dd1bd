import { isRecord } from '../../../json.js';
import { FIELD_MANAGER } from '../../../kubernetes/client.js';
import type { KubernetesObject } from '../../../kubernetes/difference.js';
import type { Metadata, Workload } from '../../../kubernetes/objects.js';

/**
 * A workload whose manifest does not say how many replicas it has any more, with as many as it has: the API server would
 * take the field away with its only owner, and that is to scale to 1. Once an autoscaler has set another number it is the
 * owner, and the field is left out.
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
 */
export function keepReplicas(object: KubernetesObject, live: Workload | undefined): KubernetesObject {
  const { spec } = object;
  const { replicas } = live?.spec ?? {};
  if (!isRecord(spec) || 'replicas' in spec || replicas === undefined) return object;
  return live !== undefined && ownsReplicas(live.metadata) ? { ...object, spec: { ...spec, replicas } } : object;
}

function ownsReplicas({ managedFields = [] }: Metadata): boolean {
  return managedFields.some(({ manager, operation, fieldsV1 = {} }) => {
    const { 'f:spec': spec }: { readonly 'f:spec'?: object } = fieldsV1;
    return manager === FIELD_MANAGER && operation === 'Apply' && spec !== undefined && 'f:replicas' in spec;
  });
}
