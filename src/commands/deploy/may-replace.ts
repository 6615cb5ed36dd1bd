import type { Deployment } from '../../kubernetes/objects.js';
import { formatWorkload, type WorkloadRef } from '../../kubernetes/workload.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { Git } from '../git.js';
import type { PinnedImage } from '../release-record.js';
import { findContainers, listRunning } from '../running/find-running.js';
import { type Candidate, judge } from '../running/judge.js';

/** Whether a workload may be set to the image: lines that say why, or the reason why not. */
export type MayReplace = (ref: WorkloadRef, deployment: Deployment) => Promise<Result<readonly string[], Failure>>;

/**
 * Compares with what runs now. What verify_image has compared before in this job holds as long as the very same image
 * runs; what has been deployed since is compared here, by the record that it has left.
 */
export function makeMayReplace(image: PinnedImage, candidate: Candidate, git: Git): MayReplace {
  // The registry is not at hand here; verify_image asks it.
  const sources = { git, readLabels: async () => ok(undefined) };
  return async (ref, deployment) => {
    const containers = findContainers(ref, deployment, image.repository);
    if (!containers.ok) return containers;
    const reasons: string[] = [];
    for (const running of listRunning(ref, deployment, containers.value)) {
      const { image: runs, digest, record } = running;
      if (digest === image.digest || image.replaces?.includes(runs) === true) continue;
      if (image.replaces !== undefined && record?.digest !== digest) return fail(changedSince(ref, runs));
      const judged = await judge(running, candidate, sources);
      if (!judged.ok) return judged;
      reasons.push(judged.value);
    }
    return ok(reasons);
  };
}

function changedSince(ref: WorkloadRef, runs: string): Failure {
  return {
    code: 1,
    cause: `${formatWorkload(ref)} runs ${runs}, which it did not when verify_image looked, and no deployment has left a record of it`,
    next: 'Somebody else has changed it in between. Find out who, then run this job again: it compares anew.',
  };
}
