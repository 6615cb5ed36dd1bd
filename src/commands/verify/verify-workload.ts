import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { nameOf, type Workload } from '../../kubernetes/objects.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { PinnedImage } from '../release-record.js';
import type { Findings } from './findings.js';
import { verifyPods } from './verify-pods.js';
import type { Rights } from './verify-rights.js';

/**
 * What speaks against the Pods that a workload would make.
 * @param change the workload as it is, and as the API server would store it
 */
export function verifyWorkload(
  client: KubernetesClient,
  io: Io,
  rights: Rights,
  ref: WorkloadRef,
  { before, after }: { readonly before: Workload; readonly after: Workload },
  { platforms }: PinnedImage,
): Promise<Findings> {
  const kind = kinds[ref.kind];
  const podsOf = (object: Workload) => ({
    template: kind.templateOf(object),
    owner: { resource: kind.resource, metadata: before.metadata },
    claims: (object.spec.volumeClaimTemplates ?? []).map(nameOf),
  });
  return verifyPods(client, io, rights, {
    name: formatWorkload(ref),
    ...podsOf(after),
    old: podsOf(before),
    needsRoom: kind.needsRoom(before),
    platforms,
  });
}
