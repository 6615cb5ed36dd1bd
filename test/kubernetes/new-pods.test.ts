import t from 'tap';
import { fitsArchitectures } from '../../src/kubernetes/architectures.js';
import { kinds } from '../../src/kubernetes/kinds/kinds.js';
import type { PodSpec, Workload } from '../../src/kubernetes/objects.js';
import { findPullSecrets, findReferences } from '../../src/kubernetes/references.js';
import { shareCredential } from '../../src/kubernetes/share-credential.js';
import { ok } from '../../src/result.js';
import type { WorkloadKindName } from '../../src/workload.js';

t.test('what a Pod refers to and cannot start without', async (t) => {
  const optional = { name: 'o', key: 'k', optional: true };
  const spec: PodSpec = {
    initContainers: [{ name: 'init', envFrom: [{ secretRef: { name: 's1' } }, { configMapRef: { name: 'c1' } }] }],
    containers: [
      {
        name: 'web',
        env: [
          { name: 'A' },
          { name: 'B', valueFrom: { secretKeyRef: { name: 's2', key: 'url' } } },
          { name: 'C', valueFrom: { configMapKeyRef: { name: 'c2', key: 'level' } } },
          { name: 'D', valueFrom: { secretKeyRef: optional } },
          { name: 'E', valueFrom: { configMapKeyRef: optional } },
        ],
        envFrom: [{ secretRef: { name: 'o', optional: true } }],
      },
    ],
    volumes: [
      { name: 'v1', secret: { secretName: 's3' } },
      { name: 'v2', configMap: { name: 'c3', items: [{ key: 'a' }, { key: 'b' }] } },
      {
        name: 'v3',
        projected: { sources: [{ secret: { name: 's4' } }, { configMap: { name: 'o', optional: true } }, {}] },
      },
      { name: 'v4', persistentVolumeClaim: { claimName: 'p1' } },
      { name: 'v5', secret: { secretName: 'o', optional: true } },
    ],
    imagePullSecrets: [{ name: 'login' }],
  };
  t.same(
    findReferences(spec).map(({ kind, name, key, by }) => `${kind} ${name}${key === undefined ? '' : `/${key}`} ${by}`),
    [
      'Secret s1 container "init"',
      'ConfigMap c1 container "init"',
      'Secret s2/url container "web"',
      'ConfigMap c2/level container "web"',
      'Secret s3 volume "v1"',
      'ConfigMap c3/a volume "v2"',
      'ConfigMap c3/b volume "v2"',
      'Secret s4 volume "v3"',
      'PersistentVolumeClaim p1 volume "v4"',
    ],
  );
  t.match(findPullSecrets(spec), [{ kind: 'Secret', name: 'login' }]);
  t.same(findReferences({ containers: [] }), []);
});

t.test('whether a node that a Pod may run on can run the image', async (t) => {
  const on = (nodeSelector: Readonly<Record<string, string>>): PodSpec => ({ containers: [], nodeSelector });
  const terms = (...all: readonly (readonly [string, string, ...string[]])[]): PodSpec => ({
    containers: [],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: all.map(([key, operator, ...values]) => ({
            matchExpressions: [{ key, operator, values }],
          })),
        },
      },
    },
  });
  const arch = 'kubernetes.io/arch';
  const cases: readonly (readonly [PodSpec, readonly string[], boolean])[] = [
    [{ containers: [] }, ['linux/loong64'], true],
    [on({ disk: 'ssd' }), ['linux/amd64'], true],
    [on({ [arch]: 'arm64' }), ['linux/amd64'], false],
    [on({ 'beta.kubernetes.io/arch': 'arm64' }), ['linux/amd64'], false],
    [on({ [arch]: 'arm64' }), ['linux/amd64', 'linux/arm64/v8'], true],
    [on({ [arch]: 'arm64' }), ['linux/arm/v7'], true],
    [on({ [arch]: 'amd64' }), ['linux/386'], true],
    [terms([arch, 'In', 'arm64']), ['linux/amd64'], false],
    [terms([arch, 'In', 'arm64', 'amd64']), ['linux/amd64'], true],
    [terms([arch, 'In', 'arm64'], ['disk', 'In', 'ssd']), ['linux/amd64'], true],
    [terms([arch, 'NotIn', 'amd64']), ['linux/amd64'], false],
    [terms([arch, 'NotIn', 'amd64']), ['linux/amd64', 'linux/arm64'], true],
    [terms([arch, 'Exists']), ['linux/amd64'], true],
  ];
  for (const [spec, platforms, fits] of cases)
    t.equal(fitsArchitectures(spec, platforms), fits, `${JSON.stringify(spec)} ${platforms}`);
});

t.test('whether a rollout needs room for a Pod beside those that run', async (t) => {
  const up = (replicas: number) => ({ replicas, availableReplicas: replicas });
  const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
    strategy: { rollingUpdate: { maxSurge, maxUnavailable } },
  });
  const cases: readonly (readonly [WorkloadKindName, Workload['spec'], Workload['status'], boolean])[] = [
    ['deployment', {}, up(1), true],
    ['deployment', { replicas: 3 }, up(3), true],
    ['deployment', { replicas: 4 }, up(4), false],
    ['deployment', { replicas: 4, ...rolling(1, 0) }, up(4), true],
    ['deployment', { replicas: 4, ...rolling(1, '0%') }, up(4), true],
    ['deployment', { replicas: 2, ...rolling(0, 0) }, up(2), false],
    ['deployment', { replicas: 2, ...rolling(1, 0) }, { replicas: 2, availableReplicas: 1 }, false],
    ['deployment', { replicas: 2, ...rolling(1, 1) }, {}, true],
    ['deployment', { replicas: 0 }, {}, false],
    ['deployment', { strategy: { type: 'Recreate' } }, up(1), false],
    ['rollout', { replicas: 4, strategy: { canary: {} } }, up(4), false],
    ['rollout', { replicas: 4, strategy: { canary: { maxUnavailable: 0 } } }, up(4), true],
    ['rollout', { replicas: 4, strategy: { blueGreen: {} } }, up(4), true],
    ['statefulset', { replicas: 2 }, up(2), false],
    ['statefulset', { replicas: 2 }, {}, true],
    ['statefulset', { replicas: 0 }, {}, false],
    ['daemonset', {}, { desiredNumberScheduled: 2, currentNumberScheduled: 2 }, false],
    ['daemonset', {}, { desiredNumberScheduled: 2, currentNumberScheduled: 0 }, true],
    [
      'daemonset',
      { updateStrategy: { rollingUpdate: { maxSurge: '10%' } } },
      { desiredNumberScheduled: 2, currentNumberScheduled: 2 },
      true,
    ],
    ['daemonset', {}, { desiredNumberScheduled: 0 }, false],
    ['cronjob', {}, {}, false],
  ];
  for (const [kind, spec, status = {}, needs] of cases)
    t.equal(kinds[kind].needsRoom({ metadata: {}, spec, status }), needs, `${kind} ${JSON.stringify([spec, status])}`);
});

t.test('requests at one time share a credential', async (t) => {
  let asked = 0;
  const shared = shareCredential(async () => {
    asked += 1;
    await new Promise((done) => setTimeout(done, 10));
    return ok({ token: String(asked) });
  });
  const together = await Promise.all([shared(false), shared(false), shared(true)]);
  t.equal(asked, 2, 'one that was refused is asked for anew');
  t.same(together[0], together[1]);
  await shared(false);
  t.equal(asked, 3, 'it is not kept');
});
