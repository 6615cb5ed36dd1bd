import type { Clock } from '../../io/io.js';
import type { KubernetesClient, Patch } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload } from '../../workload.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Plan } from './look.js';
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
 * Sends the patches, one after the other. Those of workloads each hold only for the object that was looked at: where
 * somebody has changed it in between, it is looked at and judged anew. A failure says what was changed before it.
 * @returns the workloads, with the generation that each has now
 */
export async function applyPlan(
  client: KubernetesClient,
  plan: Plan,
  clock: Clock,
): Promise<Result<readonly WorkloadPlan[], Unfinished>> {
  const changed: string[] = [];
  const applied: WorkloadPlan[] = [];
  const stop = ({ failure, tried }: Unfinished) => {
    const left = changed.length === 0 ? 'nothing was changed before it' : `changed before it: ${changed.join(', ')}`;
    const details = [...(failure.details ?? []), left];
    return fail({ failure: { ...failure, details }, tried: [...applied, ...tried] });
  };
  for (const { target, patch } of plan.objects) {
    if (patch === undefined) continue;
    const done = await client.patch(target.resource, target.name, patch);
    if (!done.ok) return stop({ failure: toFailure(done.error, plan.rules), tried: [] });
    changed.push(target.label);
  }
  for (const one of plan.workloads) {
    const done = await applyOne(client, one, plan, clock);
    if (!done.ok) return stop(done.error);
    if (one.patch !== undefined) changed.push(formatWorkload(one.ref));
    applied.push(done.value);
  }
  return ok(applied);
}

async function applyOne(
  client: KubernetesClient,
  first: WorkloadPlan,
  { lookAgain, rules }: Plan,
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
    if (answer.ok) {
      const { uid = plan.uid, generation = plan.generation } = answer.value.metadata;
      return ok({ ...plan, uid, generation });
    }
    if (answer.error.kind !== 'conflict' || looks === LOOKS) {
      // An answer that was cut off may have been a yes.
      const tried = answer.error.kind === 'unreachable' ? [plan] : [];
      return fail({ failure: toFailure(answer.error, rules), tried });
    }
    if (looks > 1) await clock.sleep(PAUSE);
    const again = await lookAgain(plan.ref);
    if (!again.ok) return fail({ failure: again.error, tried: [] });
    plan = again.value;
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
