import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Job, nameOf } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { formatDuration } from '../duration.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Progress } from '../progress.js';
import { checkImage, type FailedBefore, type TakenJob, takeKnown } from './known-job.js';
import type { MigrationLock } from './lock.js';

/** Milliseconds to wait for a Job that is being deleted, beside what its Pod may take to end. */
const GONE = 120_000;
/** Seconds that a Pod has to end where it does not say so. */
const GRACE = 30;

/** What is asked for. */
export interface Asked {
  readonly job: Job;
  readonly failedBefore: FailedBefore;
  /** Called before a Job is made. */
  readonly verify: () => Promise<Result<undefined, Failure>>;
}

/**
 * Makes the Job, unless it is there: one that runs is taken up, one that succeeded is not run again. One that failed is
 * told of, and by `failedBefore` run anew or not.
 */
export async function takeJob(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  lock: MigrationLock,
  { job: wanted, failedBefore, verify }: Asked,
): Promise<Result<TakenJob, Failure>> {
  const name = nameOf(wanted);
  const grace = wanted.spec.template.spec.terminationGracePeriodSeconds ?? GRACE;
  const deadline = io.clock.now() + GONE + grace * 1000;
  for (;;) {
    await lock.keep();
    const found = await client.get(jobs, name);
    if (io.signal.aborted)
      return fail({ code: 1, cause: `this job was asked to end before it made or took up Job ${name}` });
    if (!found.ok && found.error.kind !== 'not-found') return fail(toFailure(found.error, migrationRules));
    if (!found.ok) {
      const verified = await verify();
      if (!verified.ok) return verified;
      await lock.keep();
      if (!lock.isSure()) {
        return fail({
          code: 1,
          cause: 'the lock was lost before the migration began, and nothing was started',
          next: 'Run this job again.',
        });
      }
      const made = await client.create(jobs, wanted);
      if (made.ok) {
        progress.say(`Made Job ${name}.`);
        const changed = checkImage(client, made.value, wanted);
        if (!changed.ok) return changed;
        return ok({ job: made.value, state: 'running' });
      }
      if (made.error.kind !== 'conflict') return fail(toFailure(made.error, migrationRules));
      // It is there by now: made by another pipeline, or by our own request whose answer was cut off.
    } else if (found.value.metadata.deletionTimestamp === undefined) {
      const known = await takeKnown(client, progress, found.value, wanted, failedBefore);
      if (known !== undefined) return known;
    } else {
      progress.report(`Job ${name}`, 'is being deleted; waiting until its Pod is gone');
    }
    if (io.clock.now() >= deadline) {
      return fail({
        code: 1,
        cause: `the earlier Job ${name} is being deleted, but still there after ${formatDuration(GONE + grace * 1000)}`,
        next: `See kubectl -n ${client.namespace} get job ${name} -o yaml: its finalizers say who holds it.`,
      });
    }
    progress.heartbeat(() => `Job ${name} is being deleted`);
    await io.clock.sleep(500, io.signal);
  }
}
