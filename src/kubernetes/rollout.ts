import { type Deployment, findCondition, type LabelSelector, nameOf, type Pod, type ReplicaSet } from './objects.js';
import { type Problem, refusalProblem } from './problem.js';

/** How far a Deployment's rollout has come. */
export interface Rollout {
  /** `1 of 3 replicas updated, 1 available, 2 old left`. */
  readonly progress: string;
  /** Every replica is of the template and available, and no other is left. */
  readonly isComplete: boolean;
  /** The ReplicaSet of the template; undefined until the controller has seen the Deployment and made it. */
  readonly replicaSet: ReplicaSet | undefined;
  /** Its Pods that run or are to run: none that is being deleted or was put out by its node. */
  readonly pods: readonly Pod[];
  /** What the Deployment itself says is wrong. The Pods' problems are not in here. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a rollout, as the Deployment's status means it.
 * @param replicaSets of the namespace, or of the Deployment's selector
 * @param pods of the same
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function readRollout(deployment: Deployment, replicaSets: readonly ReplicaSet[], pods: readonly Pod[]): Rollout {
  const { status = {} } = deployment;
  if ((status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) {
    // Everything in the status is about the generation before this one.
    const progress = 'waiting for the Deployment controller';
    return { progress, isComplete: false, replicaSet: undefined, pods: [], problems: [] };
  }
  const wanted = deployment.spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  const old = Math.max(0, replicas - updated);
  const replicaSet = findNewReplicaSet(deployment, replicaSets);
  const uid = replicaSet?.metadata.uid;
  const living = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      // A Pod that its node put out stays in the list for a long time; another one has taken its place.
      pod.status?.phase !== 'Failed' &&
      pod.status?.phase !== 'Succeeded' &&
      uid !== undefined &&
      pod.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
  );
  return {
    progress: `${updated} of ${wanted} replicas updated, ${available} available${old === 0 ? '' : `, ${old} old left`}`,
    isComplete:
      replicaSet !== undefined &&
      updated >= wanted &&
      old === 0 &&
      replicas === wanted &&
      available >= wanted &&
      living.length >= wanted,
    replicaSet,
    pods: living,
    problems: deploymentProblems(deployment, replicaSet, wanted),
  };
}

function deploymentProblems(
  deployment: Deployment,
  replicaSet: ReplicaSet | undefined,
  wanted: number,
): readonly Problem[] {
  const { conditions } = deployment.status ?? {};
  const refused = findCondition(replicaSet?.status?.conditions, 'ReplicaFailure');
  const problems: Problem[] = [];
  // With some Pods made, a quota only slows the rollout down.
  if (refused?.status === 'True' && wanted > 0) {
    const problem = refusalProblem(refused.message ?? refused.reason ?? '');
    problems.push((replicaSet?.status?.replicas ?? 0) === 0 ? problem : { ...problem, grace: Infinity });
  }
  if (deployment.spec.paused === true) {
    const cause = `Deployment ${nameOf(deployment)} is paused, so its rollout does not go on`;
    problems.push({ reason: 'Paused', cause, grace: Infinity });
  }
  const progressing = findCondition(conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    const cause = `Deployment ${nameOf(deployment)} made no progress within its progressDeadlineSeconds`;
    problems.push({ reason: progressing.reason, cause, grace: 0 });
  }
  return problems;
}

/** As the Deployment controller finds it: of this Deployment, with its very template, the oldest if there are several. */
function findNewReplicaSet(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = JSON.stringify(templateOf(deployment));
  return replicaSets
    .filter((one) => one.metadata.ownerReferences?.some((owner) => owner.uid === deployment.metadata.uid))
    .filter((one) => JSON.stringify(templateOf(one)) === wanted)
    .sort((left, right) => created(left).localeCompare(created(right)))[0];
}

function created(object: ReplicaSet): string {
  return object.metadata.creationTimestamp ?? '';
}

/** The template without the label that the controller adds. The server writes maps sorted, so texts can be compared. */
function templateOf(object: Deployment | ReplicaSet): object {
  const { template } = object.spec;
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { labels, annotations: template.metadata?.annotations ?? {}, spec: template.spec };
}

/** A label selector as the query of a list takes it. */
export function formatSelector(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    }
  });
  return [...equal, ...others].join(',');
}
