import { findCondition, nameOf, type Pod, type Workload } from '../objects.js';
import { HEALING, type Problem } from '../problem.js';
import type { Obstacle, Rollout, Surroundings, WorkloadKind } from './kind.js';
import { isLiving, isOwnedBy } from './living.js';
import { findRefusal } from './refusal.js';
import { onDeleteObstacle, patchTemplate, templateOf } from './template.js';

/**
 * `kind: StatefulSet`. It replaces its Pods one after the other from the last to the first, and stops at one that does
 * not become ready.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
 */
export const statefulSet: WorkloadKind = {
  resource: { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' },
  templateOf,
  patchPodSpec: patchTemplate,
  findObstacle: (workload) => onDeleteObstacle(workload) ?? partitionObstacle(workload),
  needsRoom: ({ spec, status }) => spec.replicas !== 0 && (status?.replicas ?? 0) === 0,
  refusesByEvent: true,
  waitsForBrokenPods: true,
  read,
};

function partitionObstacle({ spec }: Workload): Obstacle | undefined {
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition === 0 || spec.replicas === 0) return undefined;
  return {
    cause: `has a partition of ${partition}, so ${Math.min(partition, spec.replicas ?? 1)} of its ${spec.replicas ?? 1} Pods would keep the image that they have`,
    next: 'Set its updateStrategy.rollingUpdate.partition to 0.',
  };
}

function read(workload: Workload, { pods, events }: Surroundings): Rollout {
  const { status = {} } = workload;
  const wanted = workload.spec.replicas ?? 1;
  const own = pods.filter((pod) => isLiving(pod) && isOwnedBy(pod, workload));
  const living = own.filter(
    ({ metadata }) =>
      status.updateRevision !== undefined && metadata.labels?.['controller-revision-hash'] === status.updateRevision,
  );
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas = 0 } = status;
  const old = Math.max(0, own.length - living.length);
  return {
    progress: `${updated} of ${wanted} replicas updated, ${available} available${old === 0 ? '' : `, ${old} old left`}`,
    isComplete: old === 0 && replicas === wanted && updated >= wanted && available >= wanted && living.length >= wanted,
    wanted,
    pods: living,
    problems:
      wanted === 0
        ? []
        : [
            ...findRefusal(workload, events, living.length),
            ...blockedProblems(
              workload,
              own.filter((pod) => !living.includes(pod)),
            ),
          ],
  };
}

/**
 * In order, no Pod is replaced while any is not ready: not even the one of the old version that will never be.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
function blockedProblems({ metadata, spec }: Workload, old: readonly Pod[]): readonly Problem[] {
  if (spec.podManagementPolicy === 'Parallel') return [];
  const blocking = old.find(({ status }) => findCondition(status?.conditions, 'Ready')?.status !== 'True');
  if (blocking === undefined) return [];
  const name = nameOf(blocking);
  const remedy = `kubectl -n ${metadata.namespace ?? ''} delete pod ${name}`;
  const cause = `Pod ${name} of the version before is not ready, and until it is or is deleted (${remedy}) no Pod is replaced`;
  return [{ reason: 'OrderedReady', cause, grace: HEALING }];
}
