import { suggest } from '../../../diagnostic/suggest.js';
import { stringAt } from '../../../json.js';
import type { KubernetesClient } from '../../../kubernetes/client.js';
import { findKind, kinds } from '../../../kubernetes/kinds/kinds.js';
import type { ApiResource, Resource } from '../../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../../result.js';
import type { WorkloadRef } from '../../../workload.js';
import type { Failure } from '../../command.js';
import { toFailure } from '../../kubernetes-failure.js';
import type { Manifest } from '../../manifests/parse-manifests.js';
import type { AppliedObject } from './find-targets.js';

/** What an object is in a cluster. */
export interface Found {
  readonly resource: Resource<AppliedObject>;
  /** Where it is a workload, which is waited for. */
  readonly ref: WorkloadRef | undefined;
}

/** What the cluster has said of its APIs, each of which is asked once. */
export type Apis = Map<string, ReturnType<KubernetesClient['discover']>>;

/**
 * The resource of a manifest: of a workload of Kubernetes as it is known here, of anything else as the cluster says. Refused is what is
 * of another namespace, or of none.
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export async function findResource(
  client: KubernetesClient,
  { apiVersion, kind, name, object, at }: Manifest,
  apis: Apis,
): Promise<Result<Found, Failure>> {
  const namespace = stringAt(object['metadata'], 'namespace');
  if (namespace !== undefined && namespace !== client.namespace) {
    return fail({
      code: 1,
      cause: `${at}: the ${kind} ${name} is of namespace "${namespace}", and this deploys to "${client.namespace}"`,
      next: 'One deployment is of one namespace. Leave metadata.namespace out, or deploy to that namespace.',
    });
  }
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const known = findKind(apiVersion, kind);
  const ref = known && { kind: known, name };
  // What is of Kubernetes itself is there, and not asked for.
  if (known !== undefined && !group.includes('.')) return ok({ resource: kinds[known].resource, ref });
  const asked = apis.get(apiVersion) ?? client.discover(apiVersion);
  apis.set(apiVersion, asked);
  const api = await asked;
  if (!api.ok && api.error.kind !== 'not-found') return fail(toFailure(api.error));
  if (!api.ok) {
    const next = 'Correct apiVersion, or install what brings the API (a CustomResourceDefinition) first.';
    return fail({
      code: 1,
      cause: `${at}: the cluster has no API ${apiVersion}, which the ${kind} ${name} is of`,
      next,
    });
  }
  const resource = api.value.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined) return fail({ code: 1, ...unknownKind(at, apiVersion, kind, api.value) });
  if (!resource.namespaced) {
    return fail({
      code: 1,
      cause: `${at}: the ${kind} ${name} is of the whole cluster, and deploy applies what is in a namespace`,
      next: 'Apply it once by other means, as an administrator, and keep it in another folder.',
    });
  }
  return ok({ resource: { group, version, plural: resource.name, kind }, ref });
}

function unknownKind(at: string, apiVersion: string, kind: string, resources: readonly ApiResource[]) {
  const near = suggest(kind, [...new Set(resources.map((one) => one.kind))]);
  return {
    cause: `${at}: the API ${apiVersion} of the cluster has no kind ${kind}`,
    next: near === undefined ? 'Correct kind or apiVersion.' : `Did you mean ${near}?`,
  };
}
