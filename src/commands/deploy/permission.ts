import type { Container, Workload } from '../../kubernetes/objects.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import type { Git } from '../git.js';
import type { PinnedImage } from '../release-record.js';
import { readRecord } from '../running/deployment-record.js';
import { listRunning } from '../running/find-running.js';
import { type Candidate, isThere, judge } from '../running/judge.js';

/** What a deployment may do to a workload, by what that runs now. */
export interface Permission {
  /** Whether these containers of it may be set to the image: lines that say why, or the reason why not. */
  mayReplace(
    ref: WorkloadRef,
    workload: Workload,
    containers: readonly Container[],
  ): Promise<Result<readonly string[], Failure>>;
  /** Whether it is to get the record of this deployment where it has the image already. */
  mayRecord(ref: WorkloadRef, workload: Workload): Promise<boolean>;
}

/**
 * Compares with what runs now. What verify_image has compared before in this job holds as long as the workload runs the
 * very same image; what has been deployed since is compared here, by the record that it has left.
 */
export function makePermission(image: PinnedImage, candidate: Candidate, git: Git): Permission {
  // The registry is not at hand here; verify_image asks it.
  const sources = { git, readLabels: async () => ok(undefined) };
  return {
    mayReplace: async (ref, workload, containers) => {
      const compared = image.replaces?.[formatWorkload(ref)];
      const reasons: string[] = [];
      for (const running of listRunning(ref, workload, containers)) {
        const { image: runs, digest, record } = running;
        if (isThere(running, candidate)) continue;
        // Of the digest itself a commit may have come in between that is newer.
        if (digest !== image.digest && compared?.includes(runs) === true) continue;
        const isRecorded = record !== undefined && record.digest === digest;
        if (compared !== undefined && !isRecorded) return fail(changedSince(ref, runs));
        const judged = await judge(running, candidate, sources);
        if (!judged.ok) return judged;
        reasons.push(judged.value);
      }
      return ok(reasons);
    },
    mayRecord: async (ref, workload) => {
      const record = readRecord(workload.metadata);
      if (record?.digest !== image.digest) return true;
      if (record.commit === candidate.commit) return false;
      // Two commits have one image. What runs counts as the newer one, whichever was deployed last.
      const other = { workload: formatWorkload(ref), image: image.reference, digest: undefined, record };
      return (await judge(other, candidate, sources)).ok;
    },
  };
}

function changedSince(ref: WorkloadRef, runs: string): Failure {
  return {
    code: 1,
    cause: `${formatWorkload(ref)} runs ${runs}, which it did not when verify_image looked, and no deployment has left a record of it`,
    next: 'Somebody else has changed it in between. Find out who, then run this job again: it compares anew.',
  };
}
