import type { Revision, Workload } from '../objects.js';
import { controllerRevisions } from '../resources.js';
import type { Rollout, Surroundings, WorkloadKind } from './kind.js';
import { isLiving, isOwnedBy } from './living.js';
import { isNone } from './must-surge.js';
import { findRefusal } from './refusal.js';
import { onDeleteObstacle, patchTemplate, templateOf } from './template.js';

/**
 * `kind: DaemonSet`: one Pod on each node that fits. Its Pods are those with the hash of its newest ControllerRevision.
 * @see https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 */
export const daemonSet: WorkloadKind = {
  resource: { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet' },
  templateOf,
  patchPodSpec: patchTemplate,
  findObstacle: onDeleteObstacle,
  // With a surge it may not make any Pod unavailable.
  needsRoom: ({ spec, status }) =>
    (status?.desiredNumberScheduled ?? 0) > 0 &&
    ((status?.currentNumberScheduled ?? 0) === 0 || !isNone(spec.updateStrategy?.rollingUpdate?.maxSurge)),
  revisions: controllerRevisions,
  refusesByEvent: true,
  waitsForBrokenPods: false,
  read,
};

function read(workload: Workload, { pods, revisions, events }: Surroundings): Rollout {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = workload.status ?? {};
  const newest = revisions
    .filter((one) => isOwnedBy(one, workload))
    .reduce<Revision | undefined>((last, one) => ((last?.revision ?? 0) > (one.revision ?? 0) ? last : one), undefined);
  const hash = newest?.metadata.labels?.[HASH];
  const own = pods.filter((pod) => isLiving(pod) && isOwnedBy(pod, workload));
  const living = own.filter(({ metadata }) => hash !== undefined && metadata.labels?.[HASH] === hash);
  const old = own.length - living.length;
  return {
    progress: `on ${updated} of ${wanted} nodes updated, ${available} available${old === 0 ? '' : `, ${old} old left`}`,
    isComplete: hash !== undefined && old === 0 && updated >= wanted && available >= wanted && living.length >= wanted,
    wanted,
    pods: living,
    problems: wanted === 0 ? [] : findRefusal(workload, events, living.length),
  };
}

const HASH = 'controller-revision-hash';
