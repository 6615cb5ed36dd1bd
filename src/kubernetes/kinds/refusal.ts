import type { Event, Workload } from '../objects.js';
import { type Problem, refusalProblem } from '../problem.js';

/**
 * Why a controller that tells it in events alone may not make Pods: the last refusal, if it is from after the last change
 * of the workload, both by the clock of the cluster.
 * @param made Pods of the template that could be made: with some, it may be a quota that only slows the rollout down
 */
export function findRefusal(workload: Workload, events: readonly Event[], made: number): readonly Problem[] {
  const changes = (workload.metadata.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
  const changed = Math.max(0, ...changes.map(({ time }) => Date.parse(time ?? '') || 0));
  const last = events.findLast(
    ({ reason, lastTimestamp, eventTime }) =>
      reason === 'FailedCreate' && Date.parse(lastTimestamp ?? eventTime ?? '') >= changed,
  );
  if (last === undefined) return [];
  const problem = refusalProblem(last.message ?? '');
  return [made === 0 ? problem : { ...problem, grace: Infinity }];
}
