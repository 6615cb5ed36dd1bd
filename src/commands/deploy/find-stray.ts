import { allContainers, isImageOf } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Problem } from '../../kubernetes/problem.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { PinnedImage } from '../release-record.js';
import type { Seen } from './observe.js';
import type { Awaited } from './wait.js';

/** Someone else's change of the workload while we wait: whatever becomes of it, it is not this digest that runs. */
export function findStray(seen: Seen, awaited: Awaited, image: PinnedImage): Problem | undefined {
  const { spec } = kinds[seen.ref.kind].templateOf(seen.workload);
  for (const containers of [spec, ...seen.rollout.pods.map((pod) => pod.spec)].map(allContainers)) {
    const absent = awaited.containers.find((wanted) => !containers.some((container) => container.name === wanted));
    if (absent !== undefined) return changed(seen.ref, `it has no container "${absent}" any more`);
    // By name too: an image of quite another repository is no longer found by ours.
    const stray = containers.find(
      (container) =>
        (awaited.containers.includes(container.name) || isImageOf(container, image.repository)) &&
        !container.image?.endsWith(`@${image.digest}`),
    );
    if (stray !== undefined)
      return changed(seen.ref, `container "${stray.name}" has ${stray.image}, expected ${image.reference}`);
  }
  if (seen.workload.spec.replicas === 0 && awaited.replicas > 0) {
    return changed(seen.ref, `it was scaled from ${awaited.replicas} to 0 replicas, so nothing of it runs`);
  }
  return undefined;
}

/** Who else changed a workload is not known; `what` they did is. */
export function changed(ref: WorkloadRef, what: string): Problem {
  const cause = `${formatWorkload(ref)} was changed by someone else while this job waited: ${what}`;
  return { reason: 'Changed', cause, grace: 0 };
}
