import type { KubernetesClient } from './client.js';
import type { Metadata } from './objects.js';
import type { Resource } from './resources.js';
import { mergeRules, type Rule } from './rule.js';

/** What a user may do is asked of the API server itself: it knows of more than Roles, on EKS of access policies too. */
interface AccessReview {
  readonly apiVersion: 'authorization.k8s.io/v1';
  readonly kind: 'SelfSubjectAccessReview';
  readonly metadata?: Metadata;
  readonly spec: { readonly resourceAttributes: Action };
  readonly status?: { readonly allowed?: boolean };
}

/** One thing to do in a namespace. */
interface Action {
  readonly namespace: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Of one object; none: of any. */
  readonly name?: string;
}

interface SelfReview {
  readonly apiVersion: 'authentication.k8s.io/v1';
  readonly kind: 'SelfSubjectReview';
  readonly metadata?: Metadata;
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

const accessReviews: Resource<AccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
  scope: 'cluster',
  isReview: true,
};
const selfReviews: Resource<SelfReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
  scope: 'cluster',
  isReview: true,
};

/**
 * What the user of this client may not do of these rules, in its namespace. One request for each verb of each resource,
 * all at once. Where the server does not answer, nothing is missing: the request itself will tell.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export async function findMissingRules(client: KubernetesClient, rules: readonly Rule[]): Promise<readonly Rule[]> {
  const single = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
          ask: { group, resource, verb },
        })),
      ),
    ),
  );
  const allowed = await Promise.all(single.map(({ ask }) => mayDo(client, ask)));
  const missing = single.filter((_, at) => allowed[at] === false);
  return mergeRules(missing.map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs })));
}

/** Whether the user may do this in the namespace of the client; undefined: the server does not say. */
export async function mayDo(
  client: KubernetesClient,
  ask: { readonly verb: string; readonly group: string; readonly resource: string; readonly name?: string },
): Promise<boolean | undefined> {
  const [resource = '', subresource] = ask.resource.split('/');
  const resourceAttributes = {
    ...ask,
    namespace: client.namespace,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const review = await client.create(accessReviews, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  });
  return review.ok ? review.value.status?.allowed : undefined;
}

/** The name by which the cluster knows the user; undefined where it does not say. */
export async function findUser(client: KubernetesClient): Promise<string | undefined> {
  const review = await client.create(selfReviews, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  });
  return review.ok ? review.value.status?.userInfo?.username : undefined;
}
