import type { Scene } from './scene.js';

/** Is not alive in the new version. */
const readinessProbe = {
  exec: { command: ['sh', '-c', 'grep -q old /run.sh || { echo the cache is cold; exit 1; }'] },
  periodSeconds: 1,
};
const canary = (...steps: readonly object[]) => ({ strategy: { canary: { steps } } });

/** Workloads of other kinds than a Deployment. */
export const otherKinds: readonly Scene[] = [
  {
    name: 'statefulset: the last of two does not become ready, the first waits',
    workload: {
      kind: 'statefulset',
      replicas: 2,
      container: { readinessProbe },
      spec: { podManagementPolicy: 'Parallel' },
    },
    settled: true,
    flags: { grace: '15s' },
    code: 1,
    says: 'statefulset/web failed: container "web" of Pod web-1: Readiness probe failed: the cache is cold (for 15 s)',
    tells: ['Pod web-1 on node ', 'build-once rollback --environment staging'],
  },
  {
    name: 'statefulset: the version before is broken, and stays in the way',
    workload: {
      kind: 'statefulset',
      container: { readinessProbe: { exec: { command: ['grep', 'new', '/run.sh'] }, periodSeconds: 1 } },
    },
    before: ({ seen }) => seen('pods', '{..startedAt}', /./),
    flags: { grace: '20s' },
    code: 1,
    says: 'statefulset/web failed: Pod web-0 of the version before is not ready, and until it is or is deleted (kubectl -n {ns} delete pod web-0) no Pod is replaced (for 20 s)',
  },
  {
    name: 'statefulset: OnDelete',
    workload: { kind: 'statefulset', spec: { updateStrategy: { type: 'OnDelete' } } },
    code: 1,
    says: 'statefulset/web has the updateStrategy OnDelete, so its Pods would stay as they are until somebody deletes them',
    tells: ['Nothing was changed.'],
  },
  {
    name: 'statefulset: a partition',
    workload: {
      kind: 'statefulset',
      replicas: 2,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    },
    code: 1,
    says: 'statefulset/web has a partition of 1, so 1 of its 2 Pods would keep the image that they have',
    tells: ['Nothing was changed.'],
  },
  {
    name: 'statefulset: a volume claim that nobody fulfils',
    workload: {
      kind: 'statefulset',
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      spec: {
        podManagementPolicy: 'Parallel',
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    flags: { grace: '15s' },
    code: 1,
    says: 'statefulset/web failed: Pod web-0 finds no node: …unbound immediate PersistentVolumeClaims…',
  },
  {
    name: 'statefulset: serves',
    workload: { kind: 'statefulset', replicas: 2 },
    settled: true,
    code: 0,
    says: 'Running {digest} on 2 Pods: statefulset/web; …',
  },
  {
    name: 'daemonset: an image that is not there',
    workload: { kind: 'daemonset' },
    settled: true,
    image: (images) => images.absent,
    code: 1,
    says: 'daemonset/web failed: container "web" of Pod {pod}: its image cannot be pulled: {image}: not found',
  },
  {
    name: 'daemonset: on no node',
    workload: { kind: 'daemonset', pod: { nodeSelector: { 'shop.example/disk': 'none' } } },
    code: 1,
    says: 'the digest is set, but it runs nowhere: daemonset/web fits no node',
  },
  {
    name: 'daemonset: serves',
    workload: { kind: 'daemonset' },
    settled: true,
    code: 0,
    says: 'Running {digest} on 1 Pod: daemonset/web; …',
  },
  {
    name: 'cronjob: nothing runs until its time',
    workload: { kind: 'cronjob' },
    code: 0,
    says: 'Set to {digest}, for their next Jobs: cronjob/web…',
  },
  {
    name: 'rollout: crashes',
    workload: { kind: 'rollout', script: 'echo no settings; exit 3' },
    code: 1,
    says: 'rollout/web failed: container "web" of Pod {pod} exited with code 3, {count} times in a row',
    tells: ['no settings', 'To go back: build-once rollback --environment staging'],
  },
  {
    name: 'rollout: a pause that waits for a person',
    workload: { kind: 'rollout', replicas: 2, spec: canary({ setWeight: 50 }, { pause: {} }) },
    before: ({ seen }) => seen('rollout/web', '{.status.phase}', /Healthy/),
    flags: { timeout: '30s' },
    code: 70,
    says: 'rollout/web timed out after 30s: …; Rollout web is Paused: CanaryPauseStep; it goes on when somebody promotes it',
  },
  {
    name: 'rollout: aborted by somebody',
    workload: { kind: 'rollout', replicas: 2, spec: canary({ setWeight: 50 }, { pause: {} }) },
    before: ({ seen }) => seen('rollout/web', '{.status.phase}', /Healthy/),
    meanwhile: async ({ said, kubectl }) => {
      await said('CanaryPauseStep');
      await kubectl('patch', 'rollout/web', '--subresource=status', '--type=merge', '-p', '{"status":{"abort":true}}');
    },
    code: 1,
    says: 'rollout/web failed: Rollout web is Degraded: RolloutAborted: Rollout aborted update to revision 2…',
  },
  {
    name: 'rollout: an analysis that fails',
    objects: () => [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisTemplate',
        metadata: { name: 'errors' },
        spec: {
          metrics: [
            {
              name: 'errors',
              provider: {
                job: {
                  spec: {
                    backoffLimit: 0,
                    template: {
                      spec: {
                        restartPolicy: 'Never',
                        containers: [
                          {
                            name: 'measure',
                            image: `${process.env['LAB_REGISTRY'] ?? ''}/library/busybox:stable`,
                            command: ['sh', '-c', 'exit 1'],
                          },
                        ],
                      },
                    },
                  },
                },
              },
            },
          ],
        },
      },
    ],
    workload: {
      kind: 'rollout',
      replicas: 2,
      spec: canary({ setWeight: 50 }, { analysis: { templates: [{ templateName: 'errors' }] } }),
    },
    before: ({ seen }) => seen('rollout/web', '{.status.phase}', /Healthy/),
    code: 1,
    says: 'rollout/web failed: Rollout web is Degraded: RolloutAborted: Rollout aborted update to revision 2: …Metric "errors" assessed Failed…',
  },
];
