import type { Clock } from '../../io/io.js';
import type { KubernetesClient, Patch } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload } from '../../workload.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import { lookAt, type Wanted } from './look.js';
import type { WorkloadPlan } from './plan-workload.js';

/** Looks at a workload that others keep changing, its controllers too. */
const LOOKS = 20;
/** Milliseconds between two of them. */
const PAUSE = 500;

/**
 * Sends the patches, one workload after the other. Each holds only for the object that was looked at: where somebody has
 * changed it in between, it is looked at and judged anew. A failure says which workloads were changed before it.
 * @returns the plan, with the generation that each workload has now
 */
export async function applyPlan(
  client: KubernetesClient,
  plan: readonly WorkloadPlan[],
  wanted: Wanted,
  clock: Clock,
): Promise<Result<readonly WorkloadPlan[], Failure>> {
  const changed: string[] = [];
  const applied: WorkloadPlan[] = [];
  for (const one of plan) {
    const done = await applyOne(client, one, wanted, clock);
    if (!done.ok) {
      const left = changed.length === 0 ? 'nothing was changed before it' : `changed before it: ${changed.join(', ')}`;
      return fail({ ...done.error, details: [...(done.error.details ?? []), left] });
    }
    if (one.patch !== undefined) changed.push(formatWorkload(one.ref));
    applied.push(done.value);
  }
  return ok(applied);
}

async function applyOne(
  client: KubernetesClient,
  first: WorkloadPlan,
  wanted: Wanted,
  clock: Clock,
): Promise<Result<WorkloadPlan, Failure>> {
  let plan = first;
  for (let looks = 1; ; looks++) {
    if (plan.patch === undefined) return ok(plan);
    const answer = await client.patch(
      kinds[plan.ref.kind].resource,
      plan.ref.name,
      onlyFor(plan.resourceVersion, plan.patch),
    );
    if (answer.ok) return ok({ ...plan, generation: answer.value.metadata.generation ?? plan.generation });
    if (answer.error.kind !== 'conflict' || looks === LOOKS)
      return fail(toFailure(answer.error, deployRules([plan.ref])));
    if (looks > 1) await clock.sleep(PAUSE);
    const again = await lookAt(client, plan.ref, wanted);
    if (!again.ok) return again;
    plan = again.value.plan;
  }
}

/**
 * A patch with the version of the object that it is for.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-update
 */
function onlyFor(resourceVersion: string | undefined, patch: Patch): Patch {
  const { metadata } = patch.body as { readonly metadata?: object };
  return resourceVersion === undefined
    ? patch
    : { ...patch, body: { ...patch.body, metadata: { ...metadata, resourceVersion } } };
}
