import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { fail, ok, type Result } from '../../result.js';
import type { WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { joinFailures } from '../failures.js';
import { toFailure, toWorkloadFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import type { Permission } from './permission.js';
import { planWorkload, type WorkloadPlan, withRecord } from './plan-workload.js';

/** What a workload is to be set to, and whether it may be. */
export interface Wanted {
  readonly image: PinnedImage;
  readonly annotations: Readonly<Record<string, string>>;
  readonly permission: Permission;
}

/**
 * Looks at every workload and plans its change. All problems are found before anything is changed: the API server is
 * asked to take each patch in a dry run, and whatever the wait will have to read is read once.
 */
export async function look(
  client: KubernetesClient,
  refs: readonly WorkloadRef[],
  wanted: Wanted,
): Promise<Result<readonly WorkloadPlan[], Failure>> {
  const plans: WorkloadPlan[] = [];
  const problems: Failure[] = [];
  const refuse = (error: KubernetesError) => problems.push(toFailure(error, deployRules(refs)));
  for (const ref of refs) {
    const looked = await lookAt(client, ref, wanted);
    if (!looked.ok) {
      problems.push(looked.error);
      continue;
    }
    const { plan, workload } = looked.value;
    plans.push(plan);
    const { resource, revisions } = kinds[ref.kind];
    const accepted = plan.patch && (await client.patch(resource, ref.name, plan.patch, { dryRun: true }));
    if (accepted?.ok === false) refuse(accepted.error);
    const labels = selectorOf(workload);
    if (labels === undefined) continue;
    for (const read of [...(revisions === undefined ? [] : [revisions]), pods]) {
      const readable = await client.list<unknown>(read, { labels });
      if (!readable.ok) refuse(readable.error);
    }
  }
  const failure = joinFailures(problems);
  return failure === undefined ? ok(plans) : fail(failure);
}

/** Looks at one workload: what would change, and whether that may be. */
export async function lookAt(
  client: KubernetesClient,
  ref: WorkloadRef,
  { image, annotations, permission }: Wanted,
): Promise<Result<{ readonly plan: WorkloadPlan; readonly workload: Workload }, Failure>> {
  const found = await client.get(kinds[ref.kind].resource, ref.name);
  if (!found.ok) return fail(toWorkloadFailure(found.error, deployRules([ref])));
  const workload = found.value;
  const plan = planWorkload(ref, workload, image, annotations);
  if (!plan.ok) return plan;
  const reasons = await permission.mayReplace(ref, workload);
  if (!reasons.ok) return reasons;
  const isDone = plan.value.patch === undefined;
  const recorded =
    isDone && (await permission.mayRecord(ref, workload)) ? withRecord(plan.value, annotations) : plan.value;
  return ok({ plan: { ...recorded, lines: [...recorded.lines, ...reasons.value] }, workload });
}
