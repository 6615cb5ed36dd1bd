import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { findCondition, type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { tail } from '../../kubernetes/pod-report.js';
import { jobs, pods } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Progress } from '../progress.js';
import { DIGEST } from './migration-job.js';

/** The Job that is to be waited for, or that needs no waiting any more. */
export interface TakenJob {
  readonly job: Job;
  readonly state: 'running' | 'succeeded';
}

/** Milliseconds to wait for a Job that is being deleted. */
const GONE = 120_000;

/**
 * Makes the Job, unless it is there: one that runs is taken up, one that succeeded is not run again. One that failed is
 * told of, deleted and made anew: whoever runs a failed job again asks for another try.
 * @param verify called before a Job is made
 */
export async function takeJob(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  wanted: Job,
  verify: () => Promise<Result<undefined, Failure>>,
): Promise<Result<TakenJob, Failure>> {
  const name = nameOf(wanted);
  const deadline = io.clock.now() + GONE;
  for (;;) {
    const found = await client.get(jobs, name);
    if (!found.ok && found.error.kind !== 'not-found') return fail(toFailure(found.error, migrationRules));
    if (!found.ok) {
      const verified = await verify();
      if (!verified.ok) return verified;
      const made = await client.create(jobs, wanted);
      if (made.ok) {
        progress.say(`Made Job ${name}.`);
        const changed = checkImage(client, made.value, expectedDigest(wanted));
        if (!changed.ok) return changed;
        return ok({ job: made.value, state: 'running' });
      }
      if (made.error.kind !== 'conflict') return fail(toFailure(made.error, migrationRules));
      // It is there by now: made by another pipeline, or by our own request whose answer was cut off.
    } else if (found.value.metadata.deletionTimestamp === undefined) {
      const known = await takeKnown(client, progress, found.value, wanted);
      if (known !== undefined) return known;
    }
    if (io.signal.aborted)
      return fail({ code: 1, cause: `this job was asked to end before the migration began; no Job ${name} was made` });
    if (io.clock.now() >= deadline) {
      return fail({
        code: 1,
        cause: `the earlier Job ${name} is being deleted, but still there after two minutes`,
        next: `See kubectl -n ${client.namespace} get job ${name} -o yaml: its finalizers say who holds it.`,
      });
    }
    await io.clock.sleep(500, io.signal);
  }
}

/** What a Job that is there means; undefined: it was deleted, to be made anew. */
async function takeKnown(
  client: KubernetesClient,
  progress: Progress,
  job: Job,
  wanted: Job,
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
  const same = checkImage(client, job, expected);
  if (!same.ok) return same;
  if (isTrue(job, 'Complete')) return ok({ job, state: 'succeeded' });
  const failed = findCondition(job.status?.conditions, 'Failed');
  if (failed?.status !== 'True') {
    progress.say(
      `Job ${name} is running already, since ${job.metadata.creationTimestamp}; it is taken up, not started again.`,
    );
    return ok({ job, state: 'running' });
  }
  progress.say(
    `Job ${name} failed before, at ${failed.lastTransitionTime ?? 'an unknown time'}: ${failed.message ?? failed.reason}.`,
  );
  const before = await listJobPods(client, job);
  const pod = before.ok ? before.value.at(-1) : undefined;
  const container = wanted.spec.template.spec.containers[0]?.name ?? '';
  if (pod !== undefined) for (const line of await tail(client, pod, container, false)) progress.say(`  ${line}`);
  progress.say('It is deleted and run anew.');
  const uid = job.metadata.uid;
  const deleted = await client.delete(jobs, name, uid === undefined ? {} : { uid });
  if (deleted.ok || deleted.error.kind === 'conflict') return undefined;
  return fail(toFailure(deleted.error, migrationRules));
}

function expectedDigest(wanted: Job): string {
  return wanted.metadata.annotations?.[DIGEST] ?? '';
}

/** The annotation is a word; what runs is the image of the Pod, which admission in the cluster may have changed. */
function checkImage(client: KubernetesClient, job: Job, digest: string): Result<undefined, Failure> {
  const stray = job.spec.template.spec.containers.find((container) => !container.image?.endsWith(`@${digest}`));
  if (stray === undefined) return ok(undefined);
  return fail({
    code: 1,
    cause: `Job ${nameOf(job)} runs another image: container "${stray.name}" has ${stray.image ?? 'none'}, expected ${digest}`,
    next: `Something in the cluster (a mutating webhook) or someone changed it. See kubectl -n ${client.namespace} get job ${nameOf(job)} -o yaml, and delete it.`,
  });
}

/** Whether the Job's condition of that type holds. */
export function isTrue(job: Job, type: string): boolean {
  return findCondition(job.status?.conditions, type)?.status === 'True';
}

/** The Pods of this very Job, oldest first; not those of an earlier one of the same name. */
export async function listJobPods(client: KubernetesClient, job: Job): ReturnType<typeof client.list<Pod>> {
  const found = await client.list(pods, { labels: `job-name=${nameOf(job)}` });
  if (!found.ok) return found;
  const mine = found.value.filter((pod) =>
    pod.metadata.ownerReferences?.some((owner) => owner.uid === job.metadata.uid),
  );
  const made = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  return ok(mine.sort((left, right) => made(left).localeCompare(made(right))));
}
