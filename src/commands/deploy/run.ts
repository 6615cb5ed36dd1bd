import { fail, ok } from '../../result.js';
import type { Failure, Run } from '../command.js';
import { checkRollback } from '../commit.js';
import { formatDuration } from '../duration.js';
import { openGit } from '../git.js';
import { readLimits } from '../limits.js';
import { readManifests } from '../manifests/read-manifests.js';
import { openCluster } from '../open-cluster.js';
import { startProgress } from '../progress.js';
import { readNames } from '../read-names.js';
import { readWorkloads } from '../read-workloads.js';
import { readImage } from '../release-record.js';
import { makeAnnotations } from '../running/deployment-record.js';
import { adviseRollback } from './advise-rollback.js';
import { applyPlan } from './apply.js';
import type { parameters } from './declaration.js';
import { describeSuccess } from './describe-success.js';
import { freeStuckPods } from './free-stuck-pods.js';
import { look } from './look.js';
import { lookAtManifests } from './manifests/look-at-manifests.js';
import { makePermission } from './permission.js';
import type { WorkloadPlan } from './plan-workload.js';
import { reportFailure } from './report.js';
import { hasSetImages, rollBack } from './roll-back.js';
import { waitForRollouts } from './wait.js';

/**
 * Sets workloads to a digest. In phases, of which the first two change nothing: look (do all workloads exist, which
 * containers run the image, is it newer than what they run, would the cluster take the change), plan, apply, wait,
 * verdict. Run again with the same digest it changes nothing, waits and gives the same verdict.
 */
export const run: Run<typeof parameters> = async (options, io) => {
  const limits = readLimits(options);
  if (!limits.ok) return limits;
  const named = options.workloads === '' && options.manifests !== '' ? ok([]) : readWorkloads(options.workloads);
  if (!named.ok) return named;
  const rollback = checkRollback(options.rollback_to);
  if (!rollback.ok) return rollback;
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const manifests = options.manifests === '' ? ok(undefined) : await readManifests(options.manifests, io);
  if (!manifests.ok) return manifests;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const progress = startProgress(io);

  const { environment, commit, newer_by: newerBy, rollback_to: rollbackTo } = options;
  const { digest, created } = image.value;
  const hasManifests = options.manifests !== '';
  const candidate = { environment, commit, digest, created, newerBy, hasManifests, rollbackTo };
  const wanted = {
    image: image.value,
    containers: readNames(options.containers),
    annotations: makeAnnotations(options, image.value, io),
    permission: makePermission(image.value, candidate, openGit(io)),
  };
  const applying = { workloads: named.value, forceConflicts: options.force_conflicts };
  const plan =
    manifests.value === undefined
      ? await look(client.value, io, named.value, wanted)
      : await lookAtManifests(client.value, io, manifests.value, { ...wanted, ...applying });
  if (!plan.ok) return plan;
  const { objects, workloads, differences, verified } = plan.value;
  progress.say(`Deploying ${image.value.reference} to ${environment}, namespace ${options.namespace}.`);
  const all = [...objects, ...workloads];
  for (const line of all.flatMap((one) => one.lines)) progress.say(line);
  for (const line of options.dry_run ? [...differences, ...verified] : verified) progress.say(line);
  const changed = all.filter((one) => one.patch !== undefined);
  if (options.dry_run) {
    const what = manifests.value === undefined ? 'workloads' : 'objects';
    return ok({ summary: `Dry run: ${changed.length} of ${all.length} ${what} would change; nothing was changed.` });
  }

  /** A job that is being ended has no time to go back, and where no image was set there is nothing to return. */
  const stays = (plans: readonly WorkloadPlan[]) =>
    options.rollback !== 'automatic' || io.signal.aborted || !plans.some(hasSetImages);
  const goBackFrom = (failure: Failure, plans: readonly WorkloadPlan[]) => {
    return rollBack(client.value, io, progress, { failure, plans, timeout: options.timeout, limits: limits.value });
  };
  const applied = await applyPlan(client.value, plan.value, io.clock);
  if (!applied.ok) {
    const { failure, tried } = applied.error;
    return fail(stays(tried) ? leave(failure) : await goBackFrom(failure, tried));
  }
  await freeStuckPods(client.value, io, progress, applied.value, 'hopeless');
  const end = await waitForRollouts(client.value, io, progress, { workloads: applied.value, ...limits.value });
  const refs = workloads.map((one) => one.ref);
  if (end.kind !== 'done') {
    const advice = adviseRollback(options, workloads, changed.length > 0);
    const failure = await reportFailure(client.value, end, { timeout: options.timeout, workloads: refs, advice });
    if (end.kind !== 'failed' && end.kind !== 'timed-out') return fail(leave(failure));
    return fail(stays(applied.value) ? failure : await goBackFrom(failure, applied.value));
  }
  const how = changed.length === 0 ? 'nothing was changed' : `after ${formatDuration(progress.elapsed())}`;
  return ok({ summary: `${describeSuccess(image.value.digest, workloads, end.pods)}; ${how}.` });
};

/** What is left as it is, and says so. */
function leave(failure: Failure): Failure {
  return { ...failure, details: [...(failure.details ?? []), 'nothing was rolled back'] };
}
