import { kinds } from '../../../src/kubernetes/kinds/kinds.js';
import type { Manifest, Workload } from './scene.js';

/** The manifest of a workload "web" whose container runs /run.sh of its image, unless its parts say otherwise. */
export function makeWorkload(namespace: string, image: string, workload: Workload = {}): Manifest {
  const { kind = 'deployment', replicas = 1, script = '' } = workload;
  const labels = { app: 'web' };
  const { env = [], ...container } = (workload.container ?? {}) as { env?: readonly object[] };
  const web = { name: 'web', image, command: ['sh', '/run.sh'], env: [{ name: 'SCRIPT', value: script }, ...env] };
  const pod = {
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    containers: [{ ...web, ...container }],
    ...workload.pod,
  };
  const common = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
  const spec = {
    deployment: { ...common, replicas },
    statefulset: { ...common, replicas, serviceName: 'web' },
    daemonset: common,
    rollout: { ...common, replicas, strategy: { canary: { steps: [] } } },
    cronjob: {
      schedule: '0 0 1 1 *',
      jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } },
    },
  }[kind];
  const { group, version, kind: word } = kinds[kind].resource;
  return {
    apiVersion: `${group}/${version}`,
    kind: word,
    metadata: { name: 'web', namespace },
    spec: { ...spec, ...workload.spec },
  };
}
