import type { KubernetesClient } from '../../kubernetes/client.js';
import { allContainers, type ImageMatch, isMatch, listContainers } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Container, Workload } from '../../kubernetes/objects.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { formatRepository, parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { readRecord } from './deployment-record.js';
import type { Running } from './identify.js';

/** The containers of a workload that match, at least one. */
export function findContainers(
  ref: WorkloadRef,
  workload: Workload,
  match: ImageMatch,
): Result<readonly Container[], Failure> {
  const all = allContainers(kinds[ref.kind].templateOf(workload).spec);
  const matched = all.filter((container) => isMatch(container, match));
  if (matched.length > 0) return ok(matched);
  return fail({
    code: 1,
    cause: `${formatWorkload(ref)} has no container with an image of ${formatRepository(match.repository)}`,
    details: [`its containers: ${listContainers(all)}`],
    next: 'Name the container with --containers, give it an image of this repository once (any tag), or take the workload off the list.',
  });
}

/** What containers of a workload run by its Pod template: each image once. */
export function listRunning(
  ref: WorkloadRef,
  workload: Workload,
  containers: readonly Container[],
): readonly Running[] {
  const images = new Set(containers.map(({ image = '' }) => image));
  const record = readRecord(workload.metadata);
  return [...images].map((image) => {
    return { workload: formatWorkload(ref), image, digest: parseReference(image)?.digest, record };
  });
}

/**
 * A tag says nothing certain, so what it stands for is read from the Pods that run it: one entry for each digest.
 * @returns what was given where no Pod runs it, or where it has a digest already
 */
export async function resolveTag(
  client: KubernetesClient,
  workload: Workload,
  running: Running,
): Promise<Result<readonly Running[], KubernetesError>> {
  if (running.digest !== undefined) return ok([running]);
  const labels = selectorOf(workload);
  if (labels === undefined) return ok([running]);
  const listed = await client.list(pods, { labels });
  if (!listed.ok) return listed;
  const digests = new Set<string>();
  for (const { spec, status } of listed.value) {
    for (const { name, imageID } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
      const isOf = allContainers(spec).some(
        (container) => container.name === name && container.image === running.image,
      );
      const digest = isOf ? parseReference(imageID ?? '')?.digest : undefined;
      if (digest !== undefined) digests.add(digest);
    }
  }
  return ok(digests.size === 0 ? [running] : [...digests].map((digest) => ({ ...running, digest })));
}
