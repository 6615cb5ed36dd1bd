import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { findDifferences } from '../../kubernetes/difference.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import type { Rule } from '../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { joinFailures } from '../failures.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import { isRecordAnnotation } from '../running/deployment-record.js';
import { findContainers } from '../running/find-running.js';
import { formatFindings, joinFindings, NOTHING } from '../verify/findings.js';
import { verifyRights } from '../verify/verify-rights.js';
import { describeDifferences, type ObjectPlan } from './manifests/plan-object.js';
import type { Permission } from './permission.js';
import { planWorkload, type WorkloadPlan, withRecord } from './plan-workload.js';
import { type Verified, verifyChange } from './verify-change.js';

/** What a workload is to be set to, and whether it may be. */
export interface Wanted {
  readonly image: PinnedImage;
  /** Names of containers that get the image whatever they run. */
  readonly containers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly permission: Permission;
}

/** What is to be done, when nothing speaks against it; in the order of the lists. */
export interface Plan {
  readonly objects: readonly ObjectChange[];
  readonly workloads: readonly WorkloadPlan[];
  /** The fields that change, where the plans do not tell them. */
  readonly differences: readonly string[];
  /** What was verified, for a person. */
  readonly verified: readonly string[];
  /** What it takes to do it. */
  readonly rules: readonly Rule[];
  /** Looks at a workload of it once more, and judges it anew. */
  lookAgain(ref: WorkloadRef): Promise<Result<WorkloadPlan, Failure>>;
}

/** What is to be done to an object that is no workload. */
export interface ObjectChange extends ObjectPlan {
  /** Looks at it once more. It may be changed as long as the workloads may be, which are judged anew. */
  lookAgain(): Promise<Result<ObjectPlan, Failure>>;
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
): Promise<Result<Plan, Failure>> {
  const rules = deployRules(refs);
  const rights = await verifyRights(client, rules);
  const seen: Seen[] = [];
  const problems: Failure[] = [];
  for (const ref of refs) {
    if (!rights.has('get', kinds[ref.kind].resource)) continue;
    const looked = await lookAt(client, ref, wanted);
    if (looked.ok) seen.push(looked.value);
    else problems.push(looked.error);
  }
  const workloads = seen.map(({ plan }) => plan);
  if (problems.length === 0 && seen.length === refs.length) problems.push(...findAbsent(wanted.containers, workloads));
  const changes = await Promise.all(seen.map((one) => verifyChange(client, io, rights, one, wanted.image)));
  const findings = joinFindings([rights, { ...NOTHING, problems }, ...changes.map((one) => one.findings)]);
  const failure = joinFailures(findings.problems);
  if (failure !== undefined) return fail(failure);
  const lookAgain = async (ref: WorkloadRef) => {
    const again = await lookAt(client, ref, wanted);
    return again.ok ? ok(again.value.plan) : again;
  };
  const differences = seen.flatMap((one, index) => tellDifferences(one, changes[index]));
  return ok({ objects: [], workloads, differences, verified: formatFindings(findings), rules, lookAgain });
}

function tellDifferences({ plan, workload }: Seen, change: Verified | undefined): readonly string[] {
  if (change?.after === undefined) return [];
  return describeDifferences(formatWorkload(plan.ref), findDifferences(workload, change.after, isRecordAnnotation));
}

function findAbsent(names: readonly string[], workloads: readonly WorkloadPlan[]): readonly Failure[] {
  const absent = names.filter((name) => !workloads.some(({ images }) => Object.hasOwn(images, name)));
  return absent.map((name) => {
    return { code: 1, cause: `no container of the workloads is called "${name}"`, next: 'Correct --containers.' };
  });
}

/** A workload as it is, and what would become of it. */
interface Seen {
  readonly plan: WorkloadPlan;
  readonly workload: Workload;
}

/** Looks at one workload: what would change, and whether that may be. */
async function lookAt(client: KubernetesClient, ref: WorkloadRef, wanted: Wanted): Promise<Result<Seen, Failure>> {
  const { image, annotations, permission, containers } = wanted;
  const found = await client.get(kinds[ref.kind].resource, ref.name);
  if (!found.ok) return fail(toWorkloadFailure(found.error, deployRules([ref])));
  const workload = found.value;
  const plan = planWorkload(ref, workload, wanted);
  if (!plan.ok) return plan;
  const matched = findContainers(ref, workload, { repository: image.repository, containers });
  if (!matched.ok) return matched;
  const reasons = await permission.mayReplace(ref, workload, matched.value);
  if (!reasons.ok) return reasons;
  const isDone = plan.value.patch === undefined;
  const recorded =
    isDone && (await permission.mayRecord(ref, workload)) ? withRecord(plan.value, workload, annotations) : plan.value;
  return ok({ plan: { ...recorded, lines: [...recorded.lines, ...reasons.value] }, workload });
}
