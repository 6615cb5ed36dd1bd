import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { nameOf, type Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { formatWorkload } from '../../workload.js';
import { toFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import { type Findings, NOTHING } from '../verify/findings.js';
import { verifyPods } from '../verify/verify-pods.js';
import type { Rights } from '../verify/verify-rights.js';
import type { WorkloadPlan } from './plan-workload.js';

/** Whether the cluster would take the change of a workload, and the Pods that it would make then. */
export async function verifyChange(
  client: KubernetesClient,
  io: Io,
  rights: Rights,
  { plan, workload }: { readonly plan: WorkloadPlan; readonly workload: Workload },
  image: PinnedImage,
): Promise<Findings> {
  const { ref, patch } = plan;
  const kind = kinds[ref.kind];
  if (patch === undefined || !rights.has('patch', kind.resource)) return NOTHING;
  const changed = await client.patch(kind.resource, ref.name, patch, { dryRun: true });
  if (!changed.ok) return { ...NOTHING, problems: [toFailure(changed.error, deployRules([ref]))] };
  // The record alone makes no Pod.
  if (!('spec' in patch.body)) return NOTHING;
  const podsOf = (object: Workload) => ({
    template: kind.templateOf(object),
    owner: { resource: kind.resource, metadata: workload.metadata },
    claims: (object.spec.volumeClaimTemplates ?? []).map(nameOf),
  });
  return verifyPods(client, io, rights, {
    name: formatWorkload(ref),
    ...podsOf(changed.value),
    old: podsOf(workload),
    needsRoom: kind.needsRoom(workload),
    platforms: image.platforms,
  });
}
