import type { PodTemplate, Workload } from '../objects.js';
import type { Obstacle } from './kind.js';

/** The template of a workload that has it at `spec.template`. */
export function templateOf(workload: Workload): PodTemplate {
  return workload.spec.template ?? { spec: { containers: [] } };
}

/** A patch of its Pod spec. */
export function patchTemplate(spec: object): object {
  return { spec: { template: { spec } } };
}

/** Of a workload with `spec.paused`. */
export function pausedObstacle(workload: Workload, resume: string): Obstacle | undefined {
  if (workload.spec.paused !== true) return undefined;
  return { cause: 'is paused, so it would not roll out', next: `Run ${resume}, then this job again.` };
}

/** Of a workload whose `updateStrategy` leaves Pods alone until somebody deletes them. */
export function onDeleteObstacle(workload: Workload): Obstacle | undefined {
  if (workload.spec.updateStrategy?.type !== 'OnDelete') return undefined;
  return {
    cause: 'has the updateStrategy OnDelete, so its Pods would stay as they are until somebody deletes them',
    next: 'Set its updateStrategy to RollingUpdate.',
  };
}
