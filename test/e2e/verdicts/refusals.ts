import type { Manifest, Scene } from './scene.js';
import { unique } from './unique.js';

/** Before anything is changed. */
const NO_POD = 'deployment/web: no Pod can be made: ';
const quota = (hard: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'small' },
  spec: { hard },
});
const surge = { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } };

/** A policy of the cluster for what is made in a namespace. */
function policy(
  namespace: string,
  resources: string,
  operations: readonly string[],
  message: string,
): readonly Manifest[] {
  const name = unique('verdicts');
  const [group = '', plural = ''] = resources.split('/');
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: [group], apiVersions: ['v1'], operations, resources: [plural] }],
        },
        validations: [{ expression: 'false', message }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  ];
}

/** What the API server does not let in. */
export const refusals: readonly Scene[] = [
  {
    name: 'refused: the quota of Pods leaves none for the new version',
    workload: { spec: surge },
    settled: true,
    before: ({ apply }) => apply(quota({ pods: '1' })),
    code: 1,
    says: `${NO_POD}exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1…`,
  },
  {
    name: 'refused: the quota of CPU wants a request that the Pod does not have',
    objects: () => [quota({ 'requests.cpu': '1' })],
    code: 1,
    says: `${NO_POD}failed quota: small: must specify requests.cpu for: web`,
  },
  {
    name: 'refused: the quota of memory is too small',
    objects: () => [quota({ 'requests.memory': '16Mi' })],
    workload: { container: { resources: { requests: { memory: '64Mi' } } } },
    code: 1,
    says: `${NO_POD}exceeded quota: small, requested: requests.memory=64Mi, used: requests.memory=0, limited: requests.memory=16Mi…`,
  },
  {
    name: 'refused: the quota has room for one of two replicas',
    objects: () => [quota({ pods: '1' })],
    workload: { replicas: 2 },
    flags: { grace: '15s' },
    code: 1,
    // Whether it is the first look or the controller that is refused depends on whether the old version has its Pod by then.
    says: 'deployment/web…no Pod can be made: …exceeded quota: small…',
  },
  {
    name: 'refused: more than the LimitRange allows',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small' },
        spec: { limits: [{ type: 'Container', max: { memory: '32Mi' } }] },
      },
    ],
    workload: { container: { resources: { limits: { memory: '64Mi' } } } },
    code: 1,
    says: `${NO_POD}maximum memory usage per Container is 32Mi, but limit is 64Mi`,
  },
  {
    name: 'refused: Pod Security',
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    code: 1,
    says: `${NO_POD}violates PodSecurity "restricted:latest": …`,
  },
  {
    name: 'refused: a policy about Pods',
    objects: (namespace) => policy(namespace, '/pods', ['CREATE'], 'images are to be signed'),
    code: 1,
    says: `deployment/web failed: no Pod can be made: pods "web-…" is forbidden: ValidatingAdmissionPolicy '…' with binding '…' denied request: images are to be signed`,
  },
  {
    name: 'refused: a policy about the Deployment itself',
    objects: (namespace) => policy(namespace, 'apps/deployments', ['UPDATE'], 'frozen until Monday'),
    code: 1,
    says: 'the cluster would not patch Deployment "web" in namespace "{ns}": …denied request: frozen until Monday',
    tells: ['Nothing was changed.'],
  },
  {
    name: 'refused: no such service account',
    workload: { pod: { serviceAccountName: 'absent' } },
    code: 1,
    says: `${NO_POD}error looking up service account {ns}/absent: serviceaccount "absent" not found…`,
  },
  {
    name: 'refused: no such priority class',
    workload: { pod: { priorityClassName: 'absent' } },
    code: 1,
    says: `${NO_POD}no PriorityClass with name absent was found`,
  },
  {
    name: 'refused: no such runtime class',
    workload: { pod: { runtimeClassName: 'absent' } },
    code: 1,
    says: `${NO_POD}pod rejected: RuntimeClass "absent" not found`,
  },
];
