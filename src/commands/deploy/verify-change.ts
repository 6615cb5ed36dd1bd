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

/** Whether the cluster would take the change of a workload, and the Pods that it would make then. */
export async function verifyChange(
  client: KubernetesClient,
  io: Io,
  rights: Rights,
  { plan: { ref, patch }, workload: before }: { readonly plan: WorkloadPlan; readonly workload: Workload },
  image: PinnedImage,
): Promise<Findings> {
  const { resource } = kinds[ref.kind];
  if (patch === undefined || !rights.has('patch', resource)) return NOTHING;
  const after = await client.patch(resource, ref.name, patch, { dryRun: true });
  if (!after.ok) return { ...NOTHING, problems: [toFailure(after.error, deployRules([ref]))] };
  // The record alone makes no Pod.
  if (!('spec' in patch.body)) return NOTHING;
  return verifyWorkload(client, io, rights, ref, { before, after: after.value }, image);
}
