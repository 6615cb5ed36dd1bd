import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { formatDuration } from '../duration.js';
import { startProgress } from '../progress.js';
import { registryFailure } from '../registry-failure.js';
import { otherTag, type Promotion } from './promotion.js';

/** Milliseconds between two looks. */
const PERIOD = 10_000;

/**
 * Waits until ECR has replicated the image: what its index names, and the tag of the commit with this very digest.
 * @param timeout milliseconds
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export async function awaitReplica(promotion: Promotion, timeout: number): Promise<Result<undefined, Failure>> {
  const { source, destination, manifest, commit, io } = promotion;
  const { name } = destination;
  const progress = startProgress(io);
  for (;;) {
    const missing = await findMissing(promotion);
    if (!missing.ok) return missing;
    if (missing.value === undefined) {
      progress.say(`${name}:${commit} is on ${manifest.digest}.`);
      return ok(undefined);
    }
    if (io.signal.aborted) return fail({ code: 1, cause: 'interrupted while the replica was waited for' });
    const left = timeout - progress.elapsed();
    if (left <= 0) {
      return fail({
        code: 70,
        cause: `ECR has not replicated ${source.name}@${manifest.digest} to ${name} within ${formatDuration(timeout)}: ${missing.value} is not there`,
        next: `See what became of it: aws ecr describe-image-replication-status --repository-name ${source.repository.path} --image-id imageDigest=${manifest.digest}. Only what is pushed after the replication was set up is replicated; a copy ("by: copy") needs no set-up.`,
      });
    }
    progress.report(name, `waiting for ECR to replicate ${missing.value}, at most ${formatDuration(timeout)}`);
    progress.heartbeat(() => `${missing.value} is not in ${name}`);
    await io.clock.sleep(Math.min(PERIOD, left), io.signal);
  }
}

/**
 * Says what of the image ECR has not replicated yet.
 * @returns what a promotion would do, as a sentence
 */
export async function planReplica(promotion: Promotion): Promise<Result<string, Failure>> {
  const { destination, manifest } = promotion;
  const missing = await findMissing(promotion);
  if (!missing.ok) return missing;
  return ok(
    missing.value === undefined
      ? `would change nothing: ${destination.name} has ${manifest.digest}`
      : `would wait for ECR to replicate ${missing.value} to ${destination.name}`,
  );
}

/** What the destination lacks of the image, in words; undefined where it has all of it. */
async function findMissing(promotion: Promotion): Promise<Result<string | undefined, Failure>> {
  const { destination, manifest, commit } = promotion;
  const { registry } = destination;
  const children = manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
  for (const digest of [...children, manifest.digest]) {
    const found = await registry.headManifest(digest);
    if (!found.ok) return fail(registryFailure(found.error));
    if (found.value === undefined) return ok(digest);
  }
  const tag = await registry.headManifest(commit);
  if (!tag.ok) return fail(registryFailure(tag.error));
  if (tag.value === undefined) return ok(`the tag ${commit}`);
  return tag.value === manifest.digest ? ok(undefined) : fail(otherTag(promotion, tag.value));
}
