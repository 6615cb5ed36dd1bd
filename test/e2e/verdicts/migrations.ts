import { migrationRules, templateRules } from '../../../src/kubernetes/permissions.js';
import type { Scene, Workload } from './scene.js';

const FAILED = 'migration failed: container "web"';
const idle: Workload = { replicas: 0 };
const with_ = (container: object, pod: object = {}): Workload => ({ ...idle, container, pod });
const BUSYBOX = `${process.env['LAB_REGISTRY'] ?? ''}/library/busybox:stable`;

/** Jobs that migrate. */
export const migrations: readonly Scene[] = [
  {
    name: 'migration: ends well',
    workload: idle,
    migrate: 'echo done',
    code: 0,
    says: '…Job migrate-staging-…succeeded…',
    tells: ['done'],
  },
  {
    name: 'migration: exit code 1',
    workload: idle,
    migrate: 'echo relation exists; exit 1',
    code: 1,
    says: `${FAILED} exited with code 1`,
    tells: ['relation exists', 'on node ', 'image {image}'],
  },
  {
    name: 'migration: exit code 3, by its own shell',
    workload: idle,
    migrate: 'exit 3',
    code: 1,
    says: `${FAILED} exited with code 3`,
  },
  {
    name: 'migration: out of memory',
    workload: with_({ resources: { limits: { memory: '20Mi' } } }),
    migrate: 'exec tail /dev/zero',
    code: 1,
    says: `${FAILED} was killed: out of memory (OOMKilled, exit code 137); its memory limit is too low for it`,
  },
  {
    name: 'migration: takes too long',
    workload: idle,
    flags: { timeout: '12s' },
    migrate: 'echo begun; sleep 3600',
    code: 70,
    says: 'migration timed out…',
    tells: ['begun'],
  },
  {
    name: 'migration: an image that is not there',
    workload: idle,
    image: (images) => images.absent,
    migrate: 'true',
    code: 1,
    says: `${FAILED} of Pod {pod}: its image cannot be pulled: {image}: not found`,
    tells: ['was deleted: its container never started'],
  },
  {
    name: 'migration: a registry that wants a login',
    workload: idle,
    image: (images) => images.behind('unauthorized'),
    migrate: 'true',
    code: 1,
    says: `${FAILED} of Pod {pod}: its image cannot be pulled: …`,
  },
  {
    name: 'migration: no such secret key',
    objects: () => [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'there' }, stringData: { a: 'b' } }],
    workload: with_({ env: [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'there', key: 'url' } } }] }),
    migrate: 'true',
    code: 1,
    says: `${FAILED} of Pod {pod}: it cannot be configured: couldn't find key url in Secret {ns}/there`,
  },
  {
    name: 'migration: a command that is not there',
    workload: idle,
    flags: { command: '["/app/migrate"]' },
    migrate: '',
    code: 1,
    says: `${FAILED} could not be started: exec: "/app/migrate": stat /app/migrate: no such file or directory`,
  },
  {
    name: 'migration: a quota without room',
    workload: idle,
    objects: () => [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
    ],
    migrate: 'true',
    code: 1,
    says: 'Job migrate-staging-…: no Pod can be made: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0',
  },
  {
    name: 'migration: a quota of Jobs without room',
    workload: idle,
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none' },
        spec: { hard: { 'count/jobs.batch': '0' } },
      },
    ],
    migrate: 'true',
    code: 1,
    says: 'the cluster would not create Job "migrate-staging-…" in namespace "{ns}": …exceeded quota: none…',
  },
  {
    name: 'migration: Pod Security',
    workload: idle,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    migrate: 'true',
    code: 1,
    says: 'Job migrate-staging-…: no Pod can be made: violates PodSecurity "restricted:latest": …',
  },
  {
    name: 'migration: no node',
    workload: with_({}, { nodeSelector: { 'shop.example/disk': 'none' } }),
    flags: { grace: '15s' },
    migrate: 'true',
    code: 1,
    says: "migration failed: Pod {pod} finds no node: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector…",
    tells: ['was deleted: its container never started'],
  },
  {
    name: 'migration: an init container fails',
    workload: with_(
      {},
      { initContainers: [{ name: 'prepare', image: BUSYBOX, command: ['sh', '-c', 'echo no cache; exit 4'] }] },
    ),
    migrate: 'true',
    code: 1,
    says: 'migration failed: init container "prepare" exited with code 4',
    tells: ['no cache'],
  },
  {
    name: 'migration: a sidecar that never ends',
    workload: with_(
      {},
      {
        initContainers: [
          { name: 'proxy', image: BUSYBOX, command: ['sh', '-c', 'sleep 3600'], restartPolicy: 'Always' },
        ],
      },
    ),
    migrate: 'echo through the proxy',
    code: 0,
    says: '…succeeded…',
    tells: ['through the proxy'],
  },
  {
    name: 'migration: a sidecar that crashes while it waits',
    workload: with_(
      {},
      {
        initContainers: [
          {
            name: 'proxy',
            image: BUSYBOX,
            command: ['sh', '-c', 'echo no certificate; exit 5'],
            restartPolicy: 'Always',
            startupProbe: { exec: { command: ['true'] }, periodSeconds: 1, initialDelaySeconds: 5 },
          },
        ],
      },
    ),
    migrate: 'true',
    code: 1,
    says: 'migration failed: sidecar "proxy" of Pod {pod} exited with code 5, {count} times in a row',
    tells: ['no certificate'],
  },
  {
    name: 'migration: the Job is deleted',
    workload: idle,
    migrate: 'echo begun; sleep 3600',
    meanwhile: async ({ said, kubectl }) => {
      await said(/^begun$/m);
      await kubectl('delete', 'jobs', '--all');
    },
    code: 1,
    says: 'Job migrate-staging-… was deleted while it ran; whether the migration was done is not known',
  },
  {
    name: 'migration: its Pod is deleted, as by a drain',
    workload: idle,
    migrate: 'echo begun; sleep 3600',
    meanwhile: async ({ said, kubectl }) => {
      await said(/^begun$/m);
      await kubectl('delete', 'pods', '--all', '--wait=false');
    },
    code: 1,
    says: 'migration failed: …',
  },
  {
    name: 'migration: rights for none',
    workload: idle,
    rules: [...migrationRules, ...templateRules({ kind: 'deployment' })].map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => verb !== 'create'),
    })),
    migrate: 'true',
    code: 1,
    says: 'user "deployer" may not create jobs.batch, create leases.coordination.k8s.io in namespace "{ns}": no Role bound to it has all of the rules below',
  },
];
