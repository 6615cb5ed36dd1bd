import type { Scene, Stage } from './scene.js';

const NO_NODE = 'deployment/web failed: Pod {pod} finds no node: 0/1 nodes are available: ';
const nowhere = { pod: { nodeSelector: { 'shop.example/disk': 'none' } } };

/** Tells of a Pod what an autoscaler would. */
async function autoscalerSays(stage: Stage, type: string, reason: string, message: string) {
  await stage.said('finds no node');
  const said = await stage.seen(
    'pods',
    '{range .items[*]}{.metadata.name} {.metadata.uid} {.status.conditions[*].reason}{"\\n"}{end}',
    /Unschedulable/,
  );
  const pods = said
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  for (const [name = '', uid = ''] of pods) {
    await stage.apply({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.scale` },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, uid, namespace: stage.namespace },
      type,
      reason,
      message,
      source: { component: 'cluster-autoscaler' },
      firstTimestamp: new Date().toISOString(),
      lastTimestamp: new Date().toISOString(),
    });
  }
}

/** Pods that find no place. */
export const scheduling: readonly Scene[] = [
  {
    name: 'node: none has the label',
    workload: nowhere,
    flags: { grace: '15s' },
    code: 1,
    says: `${NO_NODE}1 node(s) didn't match Pod's node affinity/selector…`,
    tells: ['on no node yet', 'Warning FailedScheduling'],
  },
  {
    name: 'node: none has the CPU',
    workload: { container: { resources: { requests: { cpu: '200' } } } },
    flags: { grace: '15s' },
    code: 1,
    says: `${NO_NODE}1 Insufficient cpu…`,
  },
  {
    name: 'node: the port of the node is taken by the version before',
    settled: true,
    workload: {
      container: { ports: [{ containerPort: 18999, hostPort: 18999 }] },
      spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
    },
    flags: { grace: '15s' },
    code: 1,
    says: `${NO_NODE}1 node(s) didn't have free ports for the requested pod ports…`,
  },
  {
    name: 'node: a volume claim that is not there',
    workload: {
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'absent' } }] },
    },
    flags: { grace: '15s' },
    code: 1,
    says: `${NO_NODE}persistentvolumeclaim "absent" not found…`,
  },
  {
    name: 'node: a volume claim that nobody fulfils',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
    workload: {
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    },
    flags: { grace: '15s' },
    code: 1,
    says: `${NO_NODE}pod has unbound immediate PersistentVolumeClaims…`,
  },
  {
    name: 'node: the autoscaler cannot help either',
    workload: nowhere,
    flags: { grace: '4m' },
    meanwhile: (stage) =>
      autoscalerSays(
        stage,
        'Normal',
        'NotTriggerScaleUp',
        "pod didn't trigger scale-up: 1 max node group size reached",
      ),
    code: 1,
    says: `${NO_NODE}…; the autoscaler adds none: pod didn't trigger scale-up: 1 max node group size reached…`,
  },
  {
    name: 'node: the autoscaler adds one, which takes longer than the grace',
    workload: nowhere,
    flags: { grace: '30s', timeout: '50s' },
    meanwhile: (stage) =>
      autoscalerSays(stage, 'Normal', 'TriggeredScaleUp', 'pod triggered scale-up: [{ng-1 1->2 (max: 5)}]'),
    code: 70,
    says: 'deployment/web timed out after 50s: …; Pod {pod} finds no node: …; the autoscaler adds one: pod triggered scale-up: [{ng-1 1->2 (max: 5)}]',
  },
];
