import { findCondition, nameOf, type Workload } from '../objects.js';
import { type Problem, refusalProblem } from '../problem.js';
import type { Obstacle, Rollout, Surroundings, WorkloadKind } from './kind.js';
import { isLiving } from './living.js';
import { mustSurge } from './must-surge.js';
import { patchTemplate, pausedObstacle, templateOf } from './template.js';

/**
 * `kind: Rollout` of Argo Rollouts, canary or blue-green. It is done when its controller calls it healthy and the new
 * template is the stable one.
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/specification/
 */
export const argoRollout: WorkloadKind = {
  resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', kind: 'Rollout' },
  templateOf,
  patchPodSpec: patchTemplate,
  findObstacle: (workload, namespace) =>
    referenceObstacle(workload) ??
    pausedObstacle(workload, `kubectl argo rollouts -n ${namespace} promote ${nameOf(workload)}`),
  needsRoom: (workload) =>
    mustSurge(
      workload,
      workload.spec.strategy?.blueGreen === undefined
        ? workload.spec.strategy?.canary
        : { maxUnavailable: 0, maxSurge: '100%' },
    ),
  refusesByEvent: false,
  waitsForBrokenPods: false,
  read,
};

function referenceObstacle({ spec: { workloadRef } }: Workload): Obstacle | undefined {
  if (workloadRef === undefined) return undefined;
  const other = `${workloadRef.kind.toLowerCase()}/${workloadRef.name}`;
  return {
    cause: `takes its Pods from ${other} (workloadRef), which is not supported`,
    next: `Move the template of ${other} into the Rollout, in the place of workloadRef.`,
  };
}

function read(workload: Workload, { pods }: Surroundings): Rollout {
  const { status = {} } = workload;
  const wanted = workload.spec.replicas ?? 1;
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, currentPodHash: hash, phase = '' } = status;
  const living = pods.filter(
    (pod) => isLiving(pod) && hash !== undefined && pod.metadata.labels?.['rollouts-pod-template-hash'] === hash,
  );
  return {
    progress: `${updated} of ${wanted} replicas updated, ${available} available`,
    isComplete:
      phase === 'Healthy' &&
      hash !== undefined &&
      status.stableRS === hash &&
      updated >= wanted &&
      living.length >= wanted,
    wanted,
    pods: living,
    problems: findProblems(workload),
  };
}

function findProblems(workload: Workload): readonly Problem[] {
  const { phase, message, conditions } = workload.status ?? {};
  const said = message === undefined ? phase : `${phase}: ${message}`;
  const name = nameOf(workload);
  const refused = findCondition(conditions, 'ReplicaFailure');
  if (refused?.status === 'True') return [refusalProblem(refused.message ?? refused.reason ?? '')];
  switch (phase) {
    case 'Degraded':
      return [{ reason: phase, cause: `Rollout ${name} is ${said}`, grace: 0 }];
    case 'Paused':
      return [
        { reason: phase, cause: `Rollout ${name} is ${said}; it goes on when somebody promotes it`, grace: Infinity },
      ];
    default:
      return [];
  }
}
