import { randomUUID } from 'node:crypto';
import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Job, nameOf } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Options, Run } from '../command.js';
import { formatDuration } from '../duration.js';
import { joinFailures } from '../failures.js';
import { toFailure } from '../kubernetes-failure.js';
import { openCluster } from '../open-cluster.js';
import { type Progress, startProgress } from '../progress.js';
import { type PinnedImage, readImage } from '../release-record.js';
import { verifyRights } from '../verify/verify-rights.js';
import type { parameters } from './declaration.js';
import { endPod, noteSuccess } from './end-pod.js';
import { findTemplate, rulesOfTemplate } from './find-template.js';
import { containerOf, isNoted } from './job-state.js';
import { type MigrationLock, takeLock } from './lock.js';
import { makeMigrationJob } from './migration-job.js';
import { pickContainer } from './pick-container.js';
import { readWish, type Wish } from './read-wish.js';
import { reportJob } from './report.js';
import { type Asked, takeJob } from './take-job.js';
import { verifyJob } from './verify-job.js';
import { watchJob } from './watch-job.js';

/** Milliseconds that the Job's own deadline may be late before we stop waiting for it. */
const SLACK = 20_000;

/**
 * Runs a migration as a Job and gives its verdict. Look and plan (the Pod template, its container, the Job), take the
 * lock, take the Job (make it, or take up the one that is there), wait with its log, verdict.
 */
export const run: Run<typeof parameters> = async (options, io) => {
  const wish = readWish(options);
  if (!wish.ok) return wish;
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const progress = startProgress(io);
  const rules = [...rulesOfTemplate(options), ...migrationRules];
  const [rights, planned] = await Promise.all([
    verifyRights(client.value, rules),
    planJob(client.value, io, options, wish.value, image.value),
  ]);
  const forbidden = joinFailures(rights.problems);
  if (forbidden !== undefined) return fail(forbidden);
  if (!planned.ok) return planned;
  const { job, words } = planned.value;
  progress.say(words);
  const verify = () => verifyJob(client.value, io, progress, rights, job, image.value);
  if (options.dry_run) return tryOut(client.value, job, verify);

  const lock = await takeLock(client.value, io, progress, {
    environment: options.environment,
    repository: image.value.repository,
    holder: jobUrl(io) ?? `a run outside of CircleCI, ${randomUUID()}`,
    job,
    timeout: wish.value.timeout,
  });
  if (!lock.ok) return lock;
  const asked = { job, failedBefore: wish.value.failedBefore, verify };
  const end = await migrate(client.value, io, progress, lock.value, asked, wish.value);
  await lock.value.release();
  return end;
};

/** The Job of this migration, as it is to be made, and what it will do. */
async function planJob(
  client: KubernetesClient,
  io: Io,
  options: Options<typeof parameters>,
  { command, timeout }: Wish,
  image: PinnedImage,
): Promise<Result<{ readonly job: Job; readonly words: string }, Failure>> {
  const found = await findTemplate(client, io, options);
  if (!found.ok) return found;
  const { template, from } = found.value;
  const picked = pickContainer(template.spec, options.container, image.repository, from);
  if (!picked.ok) return picked;
  const { environment, namespace, commit } = options;
  const container = picked.value.name;
  const url = jobUrl(io);
  const made = { environment, namespace, commit, command, container, template, image, timeout };
  return ok({
    job: makeMigrationJob(url === undefined ? made : { ...made, job: url }),
    words: `Migration of ${environment}: ${JSON.stringify(command)} in ${image.reference}, as container ${container} of ${from}, namespace ${namespace}.`,
  });
}

/** URL of the CircleCI job that this runs in; undefined: in none. */
function jobUrl(io: Io): string | undefined {
  const url = io.env['CIRCLE_BUILD_URL'] ?? '';
  return url === '' ? undefined : url;
}

async function tryOut(client: KubernetesClient, wanted: Job, verify: Asked['verify']): Promise<Result<Done, Failure>> {
  const accepted = await client.create(jobs, wanted, { dryRun: true });
  if (!accepted.ok && accepted.error.kind !== 'conflict') return fail(toFailure(accepted.error, migrationRules));
  const verified = accepted.ok ? await verify() : ok(undefined);
  if (!verified.ok) return verified;
  const there = accepted.ok ? 'would be made' : 'is there already and would be looked at';
  return ok({ summary: `Dry run: Job ${nameOf(wanted)} ${there}; nothing was changed.` });
}

async function migrate(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  lock: MigrationLock,
  asked: Asked,
  { timeout, grace, told }: Wish,
): Promise<Result<Done, Failure>> {
  const taken = await takeJob(client, io, progress, lock, asked);
  if (!taken.ok) return taken;
  const { job, state } = taken.value;
  const name = nameOf(job);
  const end = await watchJob(client, io, progress, lock, job, { timeout: timeout + SLACK, grace });
  // Its Pod is the proof of it only as long as it is there.
  if (end.kind === 'complete' && !isNoted(job)) await noteSuccess(client, progress, job);
  if (state === 'succeeded') {
    const when = job.status?.completionTime === undefined ? '' : `, at ${job.status.completionTime}`;
    return ok({ summary: `Job ${name} ran before and succeeded${when}: the migration is not run again.` });
  }
  const took = formatDuration(progress.elapsed());
  if (end.kind === 'complete') return ok({ summary: `Migration done: Job ${name} succeeded after ${took}.` });
  if (end.kind === 'ended' && end.exit.exitCode === 0) {
    // Only what is noted may be ended: else the next run would take the Job for one that has failed.
    if (await noteSuccess(client, progress, job)) await endPod(client, progress, end.pod, end.others);
    return ok({
      summary: `Migration done: container "${containerOf(job)}" of Job ${name} exited with code 0 after ${took}.`,
    });
  }
  const failure = await reportJob(client, io.clock, job, end, told);
  if (end.kind === 'ended') await endPod(client, progress, end.pod, end.others);
  return fail(failure);
}
