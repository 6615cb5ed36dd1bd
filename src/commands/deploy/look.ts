import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { fail, ok, type Result } from '../../result.js';
import type { WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { joinFailures } from '../failures.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import { formatFindings, joinFindings, NOTHING } from '../verify/findings.js';
import { verifyRights } from '../verify/verify-rights.js';
import type { Permission } from './permission.js';
import { planWorkload, type WorkloadPlan, withRecord } from './plan-workload.js';
import { verifyChange } from './verify-change.js';

/** What a workload is to be set to, and whether it may be. */
export interface Wanted {
  readonly image: PinnedImage;
  readonly annotations: Readonly<Record<string, string>>;
  readonly permission: Permission;
}

/** What was found, when nothing speaks against the change. */
export interface Looked {
  readonly plan: readonly WorkloadPlan[];
  /** What was verified, for a person. */
  readonly lines: readonly string[];
}

/**
 * Looks at every workload and plans its change, and verifies that it would work: rights, admission, quotas, what the Pods
 * refer to. All problems are found before anything is changed.
 */
export async function look(
  client: KubernetesClient,
  io: Io,
  refs: readonly WorkloadRef[],
  wanted: Wanted,
): Promise<Result<Looked, Failure>> {
  const rights = await verifyRights(client, deployRules(refs));
  const seen: Seen[] = [];
  const problems: Failure[] = [];
  for (const ref of refs) {
    if (!rights.has('get', kinds[ref.kind].resource)) continue;
    const looked = await lookAt(client, ref, wanted);
    if (looked.ok) seen.push(looked.value);
    else problems.push(looked.error);
  }
  const verified = await Promise.all(seen.map((one) => verifyChange(client, io, rights, one, wanted.image)));
  const findings = joinFindings([rights, { ...NOTHING, problems }, ...verified]);
  const failure = joinFailures(findings.problems);
  if (failure !== undefined) return fail(failure);
  return ok({ plan: seen.map((one) => one.plan), lines: formatFindings(findings) });
}

/** A workload as it is, and what would become of it. */
interface Seen {
  readonly plan: WorkloadPlan;
  readonly workload: Workload;
}

/** Looks at one workload: what would change, and whether that may be. */
export async function lookAt(
  client: KubernetesClient,
  ref: WorkloadRef,
  { image, annotations, permission }: Wanted,
): Promise<Result<Seen, Failure>> {
  const found = await client.get(kinds[ref.kind].resource, ref.name);
  if (!found.ok) return fail(toWorkloadFailure(found.error, deployRules([ref])));
  const workload = found.value;
  const plan = planWorkload(ref, workload, image, annotations);
  if (!plan.ok) return plan;
  const reasons = await permission.mayReplace(ref, workload);
  if (!reasons.ok) return reasons;
  const isDone = plan.value.patch === undefined;
  const recorded =
    isDone && (await permission.mayRecord(ref, workload)) ? withRecord(plan.value, workload, annotations) : plan.value;
  return ok({ plan: { ...recorded, lines: [...recorded.lines, ...reasons.value] }, workload });
}
