import type { KubernetesClient } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Deployment } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { deployments, pods, replicaSets } from '../../kubernetes/resources.js';
import { formatSelector } from '../../kubernetes/rollout.js';
import type { WorkloadRef } from '../../kubernetes/workload.js';
import { fail, ok, type Result } from '../../result.js';
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
  const refuse = (error: KubernetesError) => problems.push(toFailure(error, deployRules));
  for (const ref of refs) {
    const looked = await lookAt(client, ref, wanted);
    if (!looked.ok) {
      problems.push(looked.error);
      continue;
    }
    const { plan, deployment } = looked.value;
    plans.push(plan);
    const accepted = plan.patch && (await client.patch(deployments, ref.name, plan.patch, { dryRun: true }));
    if (accepted?.ok === false) refuse(accepted.error);
    const labels = formatSelector(deployment.spec.selector);
    for (const resource of [replicaSets, pods]) {
      const readable = await client.list<unknown>(resource, { labels });
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
): Promise<Result<{ readonly plan: WorkloadPlan; readonly deployment: Deployment }, Failure>> {
  const found = await client.get(deployments, ref.name);
  if (!found.ok) return fail(toWorkloadFailure(found.error, deployRules));
  const deployment = found.value;
  const plan = planWorkload(ref, deployment, image, annotations);
  if (!plan.ok) return plan;
  const reasons = await permission.mayReplace(ref, deployment);
  if (!reasons.ok) return reasons;
  const isDone = plan.value.patch === undefined;
  const recorded =
    isDone && (await permission.mayRecord(ref, deployment)) ? withRecord(plan.value, annotations) : plan.value;
  return ok({ plan: { ...recorded, lines: [...recorded.lines, ...reasons.value] }, deployment });
}
