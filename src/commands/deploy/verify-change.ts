import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { toFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import { type Findings, NOTHING } from '../verify/findings.js';
import type { Rights } from '../verify/verify-rights.js';
import { verifyWorkload } from '../verify/verify-workload.js';
import type { WorkloadPlan } from './plan-workload.js';

/** What the cluster says of a change. */
export interface Verified {
  readonly findings: Findings;
  /** As it would store the workload; undefined where it was not asked, or refuses. */
  readonly after: Workload | undefined;
}

/** Whether the cluster would take the change of a workload, and the Pods that it would make then. */
export async function verifyChange(
  client: KubernetesClient,
  io: Io,
  rights: Rights,
  { plan: { ref, patch }, workload: before }: { readonly plan: WorkloadPlan; readonly workload: Workload },
  image: PinnedImage,
): Promise<Verified> {
  const { resource } = kinds[ref.kind];
  if (patch === undefined || !rights.has('patch', resource)) return { findings: NOTHING, after: undefined };
  const after = await client.patch(resource, ref.name, patch, { dryRun: true });
  if (!after.ok) {
    const problems = [toFailure(after.error, deployRules([ref]))];
    return { findings: { ...NOTHING, problems }, after: undefined };
  }
  // The record alone makes no Pod.
  if (!('spec' in patch.body)) return { findings: NOTHING, after: after.value };
  const findings = await verifyWorkload(client, io, rights, ref, { before, after: after.value }, image);
  return { findings, after: after.value };
}
