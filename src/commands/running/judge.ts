import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { Git } from '../git.js';
import { relate } from './history.js';
import { describeRunning, type Identity, identify, type ReadLabels, type Running } from './identify.js';

/** What is about to be deployed, and how it is compared with what runs. */
export interface Candidate {
  readonly environment: string;
  readonly commit: string;
  readonly digest: string;
  /** When the image was built, RFC 3339. */
  readonly created: string | undefined;
  readonly newerBy: string;
  /** Whether the manifests of the commit come with the image: then commits of one digest are compared, too. */
  readonly hasManifests: boolean;
  /** Commit that may be deployed whatever runs; empty text for none. */
  readonly rollbackTo: string;
}

/** Where a comparison looks things up. */
export interface Sources {
  readonly readLabels: ReadLabels;
  readonly git: Git;
}

/**
 * Says whether a commit may take the place of an image that runs: when it is newer, when it is the same, or when nothing
 * is known of the other, as before a first deployment. Nothing else may, unless it is the rollback that was asked for.
 * @returns why it may, in a sentence
 */
export async function judge(
  running: Running,
  candidate: Candidate,
  sources: Sources,
): Promise<Result<string, Failure>> {
  const { workload, image } = running;
  if (isThere(running, candidate)) return ok(`${workload} runs this digest already`);
  const found = await identify(running, sources.readLabels);
  if (!found.ok) return found;
  if (found.value === undefined) {
    return ok(
      `${workload} runs ${image}; no record, label or tag says of which commit, so there is nothing to compare with`,
    );
  }
  const identity = found.value;
  const who = describeRunning(running, identity);
  if (identity.commit === candidate.commit) return ok(`${who}; it is the commit of this job`);
  const order =
    candidate.newerBy === 'history'
      ? await compareHistory(identity, running, candidate, sources.git)
      : compareTimes(identity, running, candidate);
  if (order.ok) return ok(`${who}; ${order.value}`);
  if (candidate.rollbackTo === candidate.commit) {
    return ok(`${who}; ${order.error.cause}. This is the rollback that was asked for; migrations are not undone`);
  }
  const { cause, next } = order.error;
  return fail({ code: 1, cause, details: [who], next: `${next} ${adviseForce(candidate)}` });
}

/** Whether it runs what is to be deployed. Of one digest there may be many commits, each with manifests of its own. */
export function isThere({ digest, record }: Running, candidate: Candidate): boolean {
  if (digest !== candidate.digest) return false;
  return !candidate.hasManifests || record?.digest !== digest || record.commit === candidate.commit;
}

/** Why a commit is not newer, and what to do about it. */
interface Doubt {
  readonly cause: string;
  readonly next: string;
}

async function compareHistory(
  { commit: other }: Identity,
  { workload }: Running,
  { commit, environment }: Candidate,
  git: Git,
): Promise<Result<string, Doubt>> {
  const relation = await relate(git, commit, other);
  switch (relation.kind) {
    case 'descends':
      return ok('the commit of this job descends from it');
    case 'ancestor':
      return fail({
        cause: `${environment} runs a newer commit than ${commit}: ${workload} runs ${other}, which descends from it`,
        next: LATE,
      });
    case 'diverged':
      return fail({
        cause: `commit ${commit} does not descend from ${other}, which ${workload} runs, nor the other way round`,
        next: `Merge ${other} into the branch, and deploy that. Where branches part for good reason, as for hotfixes, "newer_by: build-time" of the environment compares when the images were built.`,
      });
    case 'unknown':
      return fail({
        cause: `whether commit ${commit} is newer than ${other}, which ${workload} runs, is not known: ${relation.why}`,
        next: relation.next,
      });
  }
}

function compareTimes(
  { commit: other, created: theirs }: Identity,
  { workload }: Running,
  { commit, created: ours, environment }: Candidate,
): Result<string, Doubt> {
  if (ours === undefined || theirs === undefined) {
    const which = ours === undefined ? commit : other;
    return fail({
      cause: `whether commit ${commit} is newer than ${other}, which ${workload} runs, is not known: the image of ${which} does not say when it was built`,
      next: 'Images of build_image have the label org.opencontainers.image.created, which verify_image reads.',
    });
  }
  const later = Date.parse(ours) - Date.parse(theirs);
  if (later > 0) return ok('the image of this job was built later');
  if (later === 0) {
    return fail({
      cause: `whether commit ${commit} is newer than ${other}, which ${workload} runs, is not known: both images say that they were built ${ours}`,
      next: 'A build that sets the same time on all that it makes cannot be compared by it: use "newer_by: history".',
    });
  }
  return fail({
    cause: `${environment} runs a newer commit than ${commit}: ${workload} runs ${other}, whose image was built later`,
    next: LATE,
  });
}

const LATE = 'This approval, or this pipeline, comes late: there is nothing to do.';

function adviseForce({ commit }: Candidate): string {
  return `To go back on purpose, run build-once rollback, or revert the commits since then; or, to deploy this commit whatever runs, set ROLLBACK_TO to ${commit} in a context of this job, and run the job again.`;
}
