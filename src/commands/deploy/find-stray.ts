import { allContainers, isImageOf } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Container } from '../../kubernetes/objects.js';
import type { Problem } from '../../kubernetes/problem.js';
import { parseReference } from '../../reference.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Seen } from './observe.js';
import type { Awaited } from './wait.js';

/** Someone else's change of the workload while we wait: whatever becomes of it, it is not what this run has set. */
export function findStray(seen: Seen, { images, replicas }: Awaited): Problem | undefined {
  const { ref } = seen;
  const { spec } = kinds[ref.kind].templateOf(seen.workload);
  for (const containers of [spec, ...seen.rollout.pods.map((pod) => pod.spec)].map(allContainers)) {
    const absent = Object.keys(images).find((wanted) => !containers.some((container) => container.name === wanted));
    if (absent !== undefined) return changed(ref, `it has no container "${absent}" any more`);
    for (const container of containers) {
      // By name too: an image of quite another repository is no longer found by ours.
      const wanted = images[container.name] ?? findOther(container, Object.values(images));
      if (wanted !== undefined && !isVersionOf(container, wanted))
        return changed(ref, `container "${container.name}" has ${container.image}, expected ${wanted}`);
    }
  }
  if (seen.workload.spec.replicas === 0 && replicas > 0) {
    return changed(ref, `it was scaled from ${replicas} to 0 replicas, so nothing of it runs`);
  }
  return undefined;
}

/** Who else changed a workload is not known; `what` they did is. */
export function changed(ref: WorkloadRef, what: string): Problem {
  const cause = `${formatWorkload(ref)} was changed by someone else while this job waited: ${what}`;
  return { reason: 'Changed', cause, grace: 0 };
}

/** The image whose repository a container runs, under whatever name. */
function findOther(container: Container, images: readonly string[]): string | undefined {
  const same = images.filter((image) => {
    const repository = parseReference(image)?.repository;
    return repository !== undefined && isImageOf(container, repository);
  });
  return same.find((image) => isVersionOf(container, image)) ?? same[0];
}

/** Whether a container has the digest of an image; where that names none, the very same image. */
function isVersionOf({ image }: Container, wanted: string): boolean {
  const digest = parseReference(wanted)?.digest;
  return digest === undefined ? image === wanted : image?.endsWith(`@${digest}`) === true;
}
