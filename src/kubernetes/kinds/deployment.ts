import { findCondition, nameOf, type Revision, type Workload } from '../objects.js';
import { type Problem, refusalProblem } from '../problem.js';
import { replicaSets } from '../resources.js';
import type { Rollout, Surroundings, WorkloadKind } from './kind.js';
import { isLiving, isOwnedBy } from './living.js';
import { mustSurge } from './must-surge.js';
import { patchTemplate, pausedObstacle, templateOf } from './template.js';

/**
 * `kind: Deployment`. Its Pods are those of the ReplicaSet that has its very template.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export const deployment: WorkloadKind = {
  resource: { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' },
  templateOf,
  patchPodSpec: patchTemplate,
  findObstacle: (workload, namespace) =>
    pausedObstacle(workload, `kubectl -n ${namespace} rollout resume deployment/${nameOf(workload)}`),
  needsRoom: (workload) =>
    workload.spec.strategy?.type !== 'Recreate' && mustSurge(workload, workload.spec.strategy?.rollingUpdate),
  revisions: replicaSets,
  refusesByEvent: false,
  read,
};

function read(workload: Workload, { pods, revisions }: Surroundings): Rollout {
  const wanted = workload.spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = workload.status ?? {};
  const old = Math.max(0, replicas - updated);
  const replicaSet = findNewReplicaSet(workload, revisions);
  const living = pods.filter((pod) => isLiving(pod) && replicaSet !== undefined && isOwnedBy(pod, replicaSet));
  return {
    progress: `${updated} of ${wanted} replicas updated, ${available} available${old === 0 ? '' : `, ${old} old left`}`,
    isComplete:
      replicaSet !== undefined &&
      updated >= wanted &&
      old === 0 &&
      replicas === wanted &&
      available >= wanted &&
      living.length >= wanted,
    wanted,
    pods: living,
    problems: findProblems(workload, replicaSet, wanted),
  };
}

function findProblems(workload: Workload, replicaSet: Revision | undefined, wanted: number): readonly Problem[] {
  const refused = findCondition(replicaSet?.status?.conditions, 'ReplicaFailure');
  const problems: Problem[] = [];
  // With some Pods made, a quota only slows the rollout down.
  if (refused?.status === 'True' && wanted > 0) {
    const problem = refusalProblem(refused.message ?? refused.reason ?? '');
    problems.push((replicaSet?.status?.replicas ?? 0) === 0 ? problem : { ...problem, grace: Infinity });
  }
  if (workload.spec.paused === true) {
    const cause = `Deployment ${nameOf(workload)} is paused, so its rollout does not go on`;
    problems.push({ reason: 'Paused', cause, grace: Infinity });
  }
  const progressing = findCondition(workload.status?.conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    const cause = `Deployment ${nameOf(workload)} made no progress within its progressDeadlineSeconds`;
    problems.push({ reason: progressing.reason, cause, grace: 0 });
  }
  return problems;
}

/** As the Deployment controller finds it: of this Deployment, with its very template, the oldest if there are several. */
function findNewReplicaSet(workload: Workload, sets: readonly Revision[]): Revision | undefined {
  const wanted = JSON.stringify(normalize(workload.spec.template));
  return sets
    .filter((one) => isOwnedBy(one, workload))
    .filter((one) => JSON.stringify(normalize(one.spec?.template)) === wanted)
    .sort((left, right) => created(left).localeCompare(created(right)))[0];
}

function created(object: Revision): string {
  return object.metadata.creationTimestamp ?? '';
}

/** The template without the label that the controller adds. The server writes maps sorted, so texts can be compared. */
function normalize(template: Workload['spec']['template']): object {
  const { 'pod-template-hash': _, ...labels } = template?.metadata?.labels ?? {};
  return { labels, annotations: template?.metadata?.annotations ?? {}, spec: template?.spec };
}
