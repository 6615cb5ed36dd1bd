import { findCondition, nameOf, type Pod, type Revision, type Workload } from '../objects.js';
import { HEALING, isQuota, type Problem, refusalProblem } from '../problem.js';
import { replicaSets } from '../resources.js';
import type { Rollout, Surroundings, WorkloadKind } from './kind.js';
import { isLiving, isOwnedBy } from './living.js';
import { mustSurge } from './must-surge.js';
import { putOutProblems } from './put-out.js';
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
  waitsForBrokenPods: false,
  read,
};

function read(workload: Workload, { pods, revisions }: Surroundings): Rollout {
  const wanted = workload.spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = workload.status ?? {};
  const old = Math.max(0, replicas - updated);
  const replicaSet = findNewReplicaSet(workload, revisions);
  const own = pods.filter((pod) => replicaSet !== undefined && isOwnedBy(pod, replicaSet));
  const living = own.filter(isLiving);
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
    problems: [
      ...(wanted === 0 ? [] : refusalProblems(workload, replicaSet, old, pods)),
      ...conditionProblems(workload),
      ...putOutProblems(own),
    ],
  };
}

/** What its controller may not make, with how likely room is to come by Pods of its own that end. */
function refusalProblems(
  workload: Workload,
  replicaSet: Revision | undefined,
  old: number,
  pods: readonly Pod[],
): readonly Problem[] {
  const { status, message = '' } = findCondition(replicaSet?.status?.conditions, 'ReplicaFailure') ?? {};
  if (status !== 'True') return [];
  const problem = refusalProblem(message);
  if (problem.grace === 0 || !isQuota(message)) return [problem];
  const made = replicaSet?.status?.replicas ?? 0;
  const isEnding = pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  // Each new Pod that is ready ends an old one: slow, but the way of every rollout in a tight quota.
  if (made > 0) return [{ ...problem, grace: old > 0 || isEnding ? Infinity : HEALING }];
  if (isEnding) return [{ ...problem, grace: HEALING }];
  return [old > 0 && keepsOldPods(workload) ? { ...problem, grace: STUCK } : problem];
}

/** Milliseconds until its controller has surely tried again. */
const STUCK = 15_000;

/** Whether no old Pod is ended before a new one is ready. */
function keepsOldPods(workload: Workload): boolean {
  const { type, rollingUpdate } = workload.spec.strategy ?? {};
  return type !== 'Recreate' && mustSurge(workload, rollingUpdate);
}

/** What it says of itself. */
function conditionProblems(workload: Workload): readonly Problem[] {
  const problems: Problem[] = [];
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
