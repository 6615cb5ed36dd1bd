import type { KubernetesClient } from '../../kubernetes/client.js';
import { findCondition, type Job, nameOf } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { tail } from '../../kubernetes/pod-report.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Progress } from '../progress.js';
import { deleteJob, listJobPods } from './job-pods.js';
import { containerOf, endedWell, findDoubt, hasSucceeded } from './job-state.js';
import { DIGEST, MADE_BY } from './migration-job.js';

/** The Job that is to be waited for, or that needs no waiting any more. */
export interface TakenJob {
  readonly job: Job;
  readonly state: 'running' | 'succeeded';
}

/** What to do about a Job of this very migration that has failed before. */
export type FailedBefore = 'rerun' | 'stop';

/** What a Job that is there means; undefined: it was deleted, to be made anew. */
export async function takeKnown(
  client: KubernetesClient,
  progress: Progress,
  job: Job,
  wanted: Job,
  failedBefore: FailedBefore,
): Promise<Result<TakenJob, Failure> | undefined> {
  const name = nameOf(job);
  const digest = job.metadata.annotations?.[DIGEST];
  const expected = expectedDigest(wanted);
  if (digest !== expected) {
    return fail({
      code: 1,
      cause: `there is a Job ${name} of this commit and command already, with digest ${digest ?? 'unknown'} and not ${expected}`,
      next: `Find out who made it: kubectl -n ${client.namespace} describe job ${name}. Delete it to run the migration with the other digest.`,
    });
  }
  const same = checkImage(client, job, wanted);
  if (!same.ok) return same;
  const failed = findCondition(job.status?.conditions, 'Failed');
  const isDone = hasSucceeded(job);
  if (!isDone && failed?.status !== 'True') {
    progress.say(
      `Job ${name} is running already, since ${job.metadata.creationTimestamp}; it is taken up, not started again.`,
    );
    return ok({ job, state: 'running' });
  }
  const before = await listJobPods(client, job);
  if (!before.ok) return fail(toFailure(before.error, migrationRules));
  const pod = before.value.at(-1);
  const doubt = findDoubt(job, pod);
  if (isDone && doubt === undefined) {
    progress.say(`Job ${name} ran before and succeeded; its log, as far as the cluster still has it:`);
    return ok({ job, state: 'succeeded' });
  }
  const container = containerOf(wanted);
  // Whoever waited for it was killed before it could note that the migration itself went well: to watch it gives that verdict.
  if (pod !== undefined && endedWell(pod, container)) return ok({ job, state: 'running' });
  const when =
    isDone && doubt !== undefined
      ? doubt
      : `Job ${name} failed before, at ${failed?.lastTransitionTime ?? 'an unknown time'}: ${failed?.message ?? failed?.reason}`;
  const log = pod === undefined ? [] : await tail(client, pod, container, false);
  const isOwn = job.metadata.annotations?.[MADE_BY] === (wanted.metadata.annotations?.[MADE_BY] ?? '');
  if (failedBefore === 'stop' || isOwn) {
    return fail({
      code: 1,
      cause: when,
      details: log,
      next: isOwn
        ? 'A step that CircleCI runs again by itself does not run it anew. Rerun the job.'
        : `It is not run anew. To ask for that, kubectl -n ${client.namespace} delete job ${name}, and run this job again.`,
    });
  }
  for (const line of [`${when}.`, ...log.map((one) => `  ${one}`), 'It is deleted and run anew.']) progress.say(line);
  const deleted = await deleteJob(client, job);
  if (deleted.ok || deleted.error.kind === 'conflict') return undefined;
  return fail(toFailure(deleted.error, migrationRules));
}

function expectedDigest(wanted: Job): string {
  return wanted.metadata.annotations?.[DIGEST] ?? '';
}

/** The annotation is a word; what runs is the image of the Pod, which admission in the cluster may have changed. */
export function checkImage(client: KubernetesClient, job: Job, wanted: Job): Result<undefined, Failure> {
  const digest = expectedDigest(wanted);
  const stray = job.spec.template.spec.containers.find((container) => !container.image?.endsWith(`@${digest}`));
  if (stray === undefined) return ok(undefined);
  return fail({
    code: 1,
    cause: `Job ${nameOf(job)} runs another image: container "${stray.name}" has ${stray.image ?? 'none'}, expected ${digest}`,
    next: `Something in the cluster (a mutating webhook) or someone changed it. See kubectl -n ${client.namespace} get job ${nameOf(job)} -o yaml, and delete it.`,
  });
}
