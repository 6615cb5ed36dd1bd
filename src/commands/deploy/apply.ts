import type { Clock } from '../../io/io.js';
import type { KubernetesClient, Patch } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Metadata } from '../../kubernetes/objects.js';
import type { Resource } from '../../kubernetes/resources.js';
import type { Rule } from '../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload } from '../../workload.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Plan } from './look.js';
import type { AppliedObject } from './manifests/find-targets.js';
import type { ObjectPlan } from './manifests/plan-object.js';
import type { WorkloadPlan } from './plan-workload.js';

/** Looks at an object that others keep changing, its controllers too. */
const LOOKS = 20;
/** Milliseconds between two of them. */
export const PAUSE = 500;

const AGAIN = 'Mend that, then run this job again: it changes nothing that is done, and does the rest.';

/** Why not every workload was changed. */
export interface Unfinished {
  readonly failure: Failure;
  /** The plans of those that were changed before it, and of the one of which that is not known. */
  readonly tried: readonly WorkloadPlan[];
}

/**
 * Sends the patches, one after the other. Each holds only for the object that was looked at: where somebody has changed
 * it in between, it is looked at and judged anew. A failure says what was changed before it.
 * @returns the workloads, with the generation that each has now
 */
export async function applyPlan(
  client: KubernetesClient,
  plan: Plan,
  clock: Clock,
): Promise<Result<readonly WorkloadPlan[], Unfinished>> {
  const changed: string[] = [];
  const applied: WorkloadPlan[] = [];
  const stop = (failure: Failure, tried: readonly WorkloadPlan[]) => {
    const left = changed.length === 0 ? 'nothing was changed before it' : `changed before it: ${changed.join(', ')}`;
    const details = [...(failure.details ?? []), left];
    const next = failure.next ?? AGAIN;
    return fail({ failure: { ...failure, details, next }, tried: [...applied, ...tried] });
  };
  for (const one of plan.objects) {
    const { resource, name, label } = one.target;
    const { lookAgain } = one;
    const sent = await send<ObjectPlan>(client, clock, one, { resource, name, rules: plan.rules, lookAgain });
    if (!sent.ok) return stop(sent.error.failure, []);
    if (sent.value.metadata !== undefined) changed.push(label);
  }
  for (const one of plan.workloads) {
    const { resource } = kinds[one.ref.kind];
    const lookAgain = () => plan.lookAgain(one.ref);
    const sent = await send(client, clock, one, { resource, name: one.ref.name, rules: plan.rules, lookAgain });
    if (!sent.ok) return stop(sent.error.failure, sent.error.unknown);
    const { change, metadata } = sent.value;
    if (metadata !== undefined) changed.push(formatWorkload(one.ref));
    applied.push({
      ...change,
      uid: metadata?.uid ?? change.uid,
      generation: metadata?.generation ?? change.generation,
    });
  }
  return ok(applied);
}

/** What is to be done to an object. */
interface Change {
  readonly patch: Patch | undefined;
  /** Of the object that was looked at; undefined where there was none. */
  readonly resourceVersion: string | undefined;
}

/** Where a change goes. */
interface Destination<C> {
  readonly resource: Resource<AppliedObject>;
  readonly name: string;
  readonly rules: readonly Rule[];
  lookAgain(): Promise<Result<C, Failure>>;
}

/** The change that was made in the end, and of the object that it has made of it; undefined where there was nothing to do. */
interface Sent<C> {
  readonly change: C;
  readonly metadata: Metadata | undefined;
}

/** Why a change was not made, or that is not known: an answer that was cut off may have been a yes. */
interface NotSent<C> {
  readonly failure: Failure;
  readonly unknown: readonly C[];
}

async function send<C extends Change>(
  client: KubernetesClient,
  clock: Clock,
  first: C,
  { resource, name, rules, lookAgain }: Destination<C>,
): Promise<Result<Sent<C>, NotSent<C>>> {
  let change = first;
  for (let looks = 1; ; looks++) {
    const { patch, resourceVersion } = change;
    if (patch === undefined) return ok({ change, metadata: undefined });
    const answer = await client.patch(resource, name, onlyFor(resourceVersion, patch));
    if (answer.ok) return ok({ change, metadata: answer.value.metadata });
    if (answer.error.kind !== 'conflict' || looks === LOOKS) {
      const unknown = answer.error.kind === 'unreachable' ? [change] : [];
      return fail({ failure: toFailure(answer.error, rules), unknown });
    }
    if (looks > 1) await clock.sleep(PAUSE);
    const again = await lookAgain();
    if (!again.ok) return fail({ failure: again.error, unknown: [] });
    change = again.value;
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
