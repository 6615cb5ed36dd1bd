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
export const PAUSE = 500;

/** Why not every workload was changed. */
export interface Unfinished {
  readonly failure: Failure;
  /** The plans of those that were changed before it, and of the one of which that is not known. */
  readonly tried: readonly WorkloadPlan[];
}

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
): Promise<Result<readonly WorkloadPlan[], Unfinished>> {
  const changed: string[] = [];
  const applied: WorkloadPlan[] = [];
  for (const one of plan) {
    const done = await applyOne(client, one, wanted, clock);
    if (!done.ok) {
      const { failure, tried } = done.error;
      const left = changed.length === 0 ? 'nothing was changed before it' : `changed before it: ${changed.join(', ')}`;
      const details = [...(failure.details ?? []), left];
      return fail({ failure: { ...failure, details }, tried: [...applied, ...tried] });
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
): Promise<Result<WorkloadPlan, Unfinished>> {
  let plan = first;
  for (let looks = 1; ; looks++) {
    if (plan.patch === undefined) return ok(plan);
    const answer = await client.patch(
      kinds[plan.ref.kind].resource,
      plan.ref.name,
      onlyFor(plan.resourceVersion, plan.patch),
    );
    if (answer.ok) return ok({ ...plan, generation: answer.value.metadata.generation ?? plan.generation });
    if (answer.error.kind !== 'conflict' || looks === LOOKS) {
      // An answer that was cut off may have been a yes.
      const tried = answer.error.kind === 'unreachable' ? [plan] : [];
      return fail({ failure: toFailure(answer.error, deployRules([plan.ref])), tried });
    }
    if (looks > 1) await clock.sleep(PAUSE);
    const again = await lookAt(client, plan.ref, wanted);
    if (!again.ok) return fail({ failure: again.error, tried: [] });
    plan = again.value.plan;
  }
}

/**
 * A patch with the version of the object that it is for.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-update
 */
export function onlyFor(resourceVersion: string | undefined, patch: Patch): Patch {
  const { metadata } = patch.body as { readonly metadata?: object };
  return resourceVersion === undefined
    ? patch
    : { ...patch, body: { ...patch.body, metadata: { ...metadata, resourceVersion } } };
}
