import type { Io } from '../../../io/io.js';
import type { KubernetesClient } from '../../../kubernetes/client.js';
import { foresee } from '../../../kubernetes/foresee.js';
import type { Workload } from '../../../kubernetes/objects.js';
import { APPLYING, deployRules, manifestRules } from '../../../kubernetes/permissions.js';
import { mergeRules } from '../../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../../result.js';
import { formatWorkload, type WorkloadRef } from '../../../workload.js';
import type { Failure } from '../../command.js';
import { joinFailures } from '../../failures.js';
import type { Manifest } from '../../manifests/parse-manifests.js';
import { formatFindings, joinFindings, NOTHING } from '../../verify/findings.js';
import { verifyRights } from '../../verify/verify-rights.js';
import { verifyWorkload } from '../../verify/verify-workload.js';
import type { Plan } from '../look.js';
import type { WorkloadPlan } from '../plan-workload.js';
import { findTargets, type Target } from './find-targets.js';
import { type LookedAt, lookAtObject, lookAtWorkload, type Ruled } from './look-at-target.js';
import type { ObjectPlan } from './plan-object.js';

/** As for workloads that are there, and more. */
export interface WantedManifests extends Omit<Ruled, 'rules'> {
  /** Those that have to be among the manifests. */
  readonly workloads: readonly WorkloadRef[];
}

/**
 * Looks at every object of the manifests and plans what becomes of it, and verifies that it would work. All problems are
 * found before anything is changed: the API server applies each object in a dry run.
 */
export async function lookAtManifests(
  client: KubernetesClient,
  io: Io,
  manifests: readonly Manifest[],
  given: WantedManifests,
): Promise<Result<Plan, Failure>> {
  const { image, containers, workloads: named } = given;
  const match = { repository: image.repository, containers };
  const found = await findTargets(client, manifests, match, { image: image.reference, workloads: named });
  if (!found.ok) return found;
  const refs = found.value.flatMap(({ ref }) => ref ?? []);
  const applying = manifestRules(found.value.map(({ resource }) => resource));
  const rules = mergeRules([...deployRules(refs), ...applying]);
  const rights = await verifyRights(client, rules, applying);
  const wanted = { ...given, rules };
  const objects: LookedAt<ObjectPlan>[] = [];
  const workloads: LookedAt<WorkloadPlan>[] = [];
  const problems: Failure[] = [];
  const targets = found.value.filter(({ resource }) => APPLYING.every((verb) => rights.has(verb, resource)));
  for (const target of targets) {
    const { ref } = target;
    const looked =
      ref === undefined
        ? await lookAtObject(client, target, wanted)
        : await lookAtWorkload(client, target, ref, wanted);
    if (!looked.ok) problems.push(looked.error);
    else if ('ref' in looked.value.plan) workloads.push({ ...looked.value, plan: looked.value.plan });
    else objects.push({ ...looked.value, plan: looked.value.plan });
  }
  const future = foresee(
    client,
    objects.map(({ plan: { target }, applied }) => ({ ...target, ...applied, isNew: applied.live === undefined })),
  );
  const changes = workloads.filter(({ applied }) => applied.makesPods);
  const verified = await Promise.all(
    changes.map(({ plan: { ref }, applied }) => {
      const after = applied.after as Workload;
      return verifyWorkload(future, io, rights, ref, { before: (applied.live ?? after) as Workload, after }, image);
    }),
  );
  const findings = joinFindings([rights, { ...NOTHING, problems }, ...verified]);
  const failure = joinFailures(findings.problems);
  if (failure !== undefined) return fail(failure);
  return ok({
    objects: objects.map(({ plan }) => {
      return { ...plan, lookAgain: () => lookAgainAt(client, targets, plan.target, wanted) };
    }),
    workloads: workloads.map(({ plan }) => plan),
    differences: [],
    verified: formatFindings(findings),
    rules,
    lookAgain: (ref) => lookAgain(client, targets, ref, wanted),
  });
}

/** Who has changed an object since may be a newer deployment, whose workloads then tell. */
async function lookAgainAt(
  client: KubernetesClient,
  targets: readonly Target[],
  target: Target,
  wanted: Ruled,
): Promise<Result<ObjectPlan, Failure>> {
  for (const { ref } of targets) {
    const judged = ref === undefined ? ok(undefined) : await lookAgain(client, targets, ref, wanted);
    if (!judged.ok) return judged;
  }
  const again = await lookAtObject(client, target, wanted);
  return again.ok ? ok(again.value.plan) : again;
}

async function lookAgain(
  client: KubernetesClient,
  targets: readonly Target[],
  ref: WorkloadRef,
  wanted: Ruled,
): Promise<Result<WorkloadPlan, Failure>> {
  const target = targets.find((one) => one.ref !== undefined && formatWorkload(one.ref) === formatWorkload(ref));
  if (target === undefined) throw new Error(`${formatWorkload(ref)} is not in the manifests`);
  const again = await lookAtWorkload(client, target, ref, wanted);
  return again.ok ? ok(again.value.plan) : again;
}
