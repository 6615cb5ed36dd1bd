import type { KubernetesClient } from '../../kubernetes/client.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { deployments } from '../../kubernetes/resources.js';
import { formatWorkload } from '../../kubernetes/workload.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { WorkloadPlan } from './look.js';

/**
 * Sends the patches, one workload after the other. A failure says which workloads were changed before it.
 * @returns the plan, with the generation that each workload has now
 */
export async function applyPlan(
  client: KubernetesClient,
  plan: readonly WorkloadPlan[],
): Promise<Result<readonly WorkloadPlan[], Failure>> {
  const changed: string[] = [];
  const applied: WorkloadPlan[] = [];
  for (const one of plan) {
    const { ref, patch } = one;
    if (patch === undefined) {
      applied.push(one);
      continue;
    }
    const answer = await client.patch(deployments, ref.name, patch);
    if (answer.ok) {
      changed.push(formatWorkload(ref));
      applied.push({ ...one, generation: answer.value.metadata.generation ?? one.generation });
      continue;
    }
    const failure = toFailure(answer.error, deployRules);
    const left = changed.length === 0 ? 'nothing was changed before it' : `changed before it: ${changed.join(', ')}`;
    return fail({ ...failure, details: [...(failure.details ?? []), left] });
  }
  return ok(applied);
}
