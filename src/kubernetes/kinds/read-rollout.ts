import type { WorkloadKindName } from '../../workload.js';
import type { Workload } from '../objects.js';
import type { Rollout, Surroundings } from './kind.js';
import { kinds } from './kinds.js';

/** Reads how far a workload has come. A status about the generation before this one says nothing of it. */
export function readRollout(kind: WorkloadKindName, workload: Workload, around: Surroundings): Rollout {
  if (kind === 'cronjob' || Number(workload.status?.observedGeneration ?? 0) >= (workload.metadata.generation ?? 0)) {
    return kinds[kind].read(workload, around);
  }
  const progress = `waiting for the ${kinds[kind].resource.kind} controller`;
  return { progress, isComplete: false, wanted: workload.spec.replicas ?? 1, pods: [], problems: [] };
}
