import type { Scene } from './scene.js';
import { unique } from './unique.js';

const done = (pods: number) => `Running {digest} on ${pods} Pod${pods === 1 ? '' : 's'}: deployment/web; …`;
const exec = (script: string, more: object = {}) => ({
  exec: { command: ['sh', '-c', script] },
  periodSeconds: 1,
  ...more,
});
const ready = (after: number) => `(sleep ${after}; touch /ready) &`;
const readinessProbe = exec('cat /ready');
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } },
} as const;
const label = unique('verdicts');

/** What looks like a failure for a while, and is none. */
export const green: readonly Scene[] = [
  { name: 'green: serves', settled: true, code: 0, says: done(1) },
  {
    name: 'green: a slow start',
    workload: { script: ready(25), container: { readinessProbe } },
    code: 0,
    says: done(1),
    tells: ['Readiness probe failed: cat: can…t open …/ready…'],
  },
  {
    name: 'green: a slow start behind initialDelaySeconds, longer than the grace',
    workload: { container: { readinessProbe: exec('true', { initialDelaySeconds: 20 }) } },
    flags: { grace: '10s' },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a slow start behind a startup probe, longer than the grace',
    workload: { script: ready(20), container: { startupProbe: exec('cat /ready', { failureThreshold: 90 }) } },
    flags: { grace: '10s' },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: readiness that comes and goes at first',
    workload: {
      script: '(for i in 1 2 3 4; do touch /ready; sleep 2; rm /ready; sleep 2; done; touch /ready) &',
      container: { readinessProbe: exec('cat /ready', { failureThreshold: 1 }) },
      spec: { minReadySeconds: 4 },
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: two crashes, then it serves',
    workload: {
      script: '[ -e /kept/2 ] || { [ ! -e /kept/1 ] || touch /kept/2; touch /kept/1; exit 1; }',
      container: { volumeMounts: [{ name: 'kept', mountPath: '/kept' }] },
      pod: { volumes: [{ name: 'kept', emptyDir: {} }] },
    },
    code: 0,
    says: done(1),
    tells: ['exited with code 1'],
  },
  {
    name: 'green: a slow pull',
    image: (images) => images.behind('slow'),
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a pull that fails at first',
    image: (images) => images.behind('flaky'),
    meanwhile: async ({ said, heal }) => {
      await said('its image cannot be pulled');
      await heal();
    },
    code: 0,
    says: done(1),
    tells: ['its image cannot be pulled: …503 Service Unavailable'],
  },
  {
    name: 'green: a secret that comes late',
    workload: {
      container: { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
      pod: { volumes: [{ name: 'tls', secret: { secretName: 'late' } }] },
    },
    meanwhile: async ({ said, kubectl }) => {
      await said('secret "late" not found');
      await kubectl('create', 'secret', 'generic', 'late', '--from-literal=a=b');
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a node that comes late',
    workload: { pod: { nodeSelector: { [label]: 'yes' } } },
    meanwhile: async ({ said, seen, kubectl }) => {
      await said('finds no node');
      await kubectl('label', 'node', '--all', `${label}=yes`);
      await seen('pods', '{range .items[*]}[{.spec.nodeName}]{end}', /^(\[[^\]]+\])+$/);
      await kubectl('label', 'node', '--all', `${label}-`);
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a quota with room while the old version ends',
    settled: true,
    workload: {
      container: { lifecycle: { preStop: { exec: { command: ['sleep', '6'] } } } },
      pod: { terminationGracePeriodSeconds: 10 },
      spec: { strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } },
    },
    before: ({ apply }) =>
      apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight' }, spec: { hard: { pods: '1' } } }),
    code: 0,
    says: done(1),
  },
  {
    name: 'green: scaled up in the middle',
    workload: { script: ready(6), container: { readinessProbe } },
    meanwhile: async ({ said, kubectl }) => {
      await said('of 1 replicas updated');
      await kubectl('scale', 'deployment/web', '--replicas=3');
    },
    code: 0,
    says: done(3),
  },
  {
    name: 'green: scaled down in the middle, as an autoscaler does',
    workload: { replicas: 3, script: ready(6), container: { readinessProbe } },
    meanwhile: async ({ said, kubectl }) => {
      await said('of 3 replicas updated');
      await kubectl('scale', 'deployment/web', '--replicas=1');
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: no surge',
    settled: true,
    workload: { replicas: 2, spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } },
    code: 0,
    says: done(2),
  },
  {
    name: 'green: Recreate',
    settled: true,
    workload: { replicas: 2, spec: { strategy: { type: 'Recreate', rollingUpdate: null } } },
    code: 0,
    says: done(2),
  },
  {
    name: 'green: minReadySeconds',
    workload: { spec: { minReadySeconds: 12 } },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a Pod deleted in the middle',
    workload: { replicas: 2, script: ready(6), container: { readinessProbe } },
    meanwhile: async ({ said, kubectl }) => {
      await said('of 2 replicas updated');
      await kubectl('delete', 'pods', '-l', 'app=web', '--wait=false');
    },
    code: 0,
    says: done(2),
  },
  {
    name: 'green: old Pods that end slowly',
    settled: true,
    workload: {
      container: { lifecycle: { preStop: { exec: { command: ['sleep', '20'] } } } },
      pod: { terminationGracePeriodSeconds: 30 },
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: a PodDisruptionBudget that allows none',
    settled: true,
    objects: () => [budget],
    workload: { replicas: 2 },
    code: 0,
    says: done(2),
  },
  {
    name: 'green: Pods of others with the same labels that crash',
    settled: true,
    before: ({ kubectl }) =>
      kubectl('run', 'stray', '--image=127.0.0.1:5000/none:1', '--labels=app=web', '--restart=Never'),
    code: 0,
    says: done(1),
  },
  {
    name: 'green: the old version crashes, the new one serves',
    workload: { pod: {} },
    before: async ({ kubectl, seen }) => {
      await kubectl(
        'patch',
        'deployment/web',
        '--type=json',
        '-p',
        '[{"op":"replace","path":"/spec/template/spec/containers/0/command","value":["sh","-c","grep -q old /run.sh && exit 1; sh /run.sh"]}]',
      );
      await seen('pods', '{..restartCount}', /[1-9]/);
    },
    code: 0,
    says: done(1),
  },
  {
    name: 'green: the same digest again',
    settled: true,
    image: (images) => images.old,
    code: 0,
    says: done(1),
    tells: ['already, nothing to change'],
  },
  {
    name: 'green: a dry run',
    flags: { 'dry-run': '' },
    code: 0,
    says: 'Dry run: 1 of 1 workloads would change; nothing was changed.',
  },
];
