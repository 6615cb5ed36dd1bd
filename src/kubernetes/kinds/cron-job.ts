import type { WorkloadKind } from './kind.js';

/** `kind: CronJob`. It runs nothing until its time: the next Job that it makes has the template of then. */
export const cronJob: WorkloadKind = {
  resource: { group: 'batch', version: 'v1', plural: 'cronjobs', kind: 'CronJob' },
  templateOf: (workload) => workload.spec.jobTemplate?.spec.template ?? { spec: { containers: [] } },
  patchPodSpec: (spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } }),
  findObstacle: () => undefined,
  needsRoom: () => false,
  refusesByEvent: false,
  waitsForBrokenPods: false,
  read: () => ({
    progress: 'its next Job runs the new template',
    isComplete: true,
    wanted: undefined,
    pods: [],
    problems: [],
  }),
};
