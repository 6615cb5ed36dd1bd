import type { Clock } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Job, nameOf } from '../../kubernetes/objects.js';
import { jobs } from '../../kubernetes/resources.js';
import type { Failure } from '../command.js';
import { deleteJob } from './job-pods.js';
import { hasSucceeded } from './job-state.js';

/** What becomes of the Job when the CircleCI job is cancelled. */
export type OnCancel = 'leave' | 'delete';

/** Annotation of a Job whose CircleCI job was cancelled: when. */
const CANCELLED = 'build-once/cancelled-at';

/** Does what is asked for, at once: whoever was asked to end is killed a few seconds later. Says which it did. */
export async function cancel(client: KubernetesClient, clock: Clock, job: Job, onCancel: OnCancel): Promise<Failure> {
  const name = nameOf(job);
  const leave = (why: string): Failure => ({
    code: 1,
    cause: `this job was asked to end; Job ${name} goes on in the cluster${why}`,
    next: `Run this job again: it takes the same Job up. Or follow it by kubectl -n ${client.namespace} logs -f job/${name}.`,
  });
  if (onCancel === 'leave') return leave('');
  // The answer says how the Job is now: one that has ended well meanwhile is the proof that it need not run again.
  const annotations = { [CANCELLED]: new Date(clock.now()).toISOString() };
  const noted = await client.patch(jobs, name, { type: 'merge', body: { metadata: { annotations } } });
  if (noted.ok && hasSucceeded(noted.value)) {
    return {
      code: 1,
      cause: `this job was asked to end; Job ${name} had succeeded by then`,
      next: 'Run this job again: it goes on from there.',
    };
  }
  const deleted = noted.ok ? await deleteJob(client, job, noted.value.metadata.resourceVersion) : noted;
  if (!deleted.ok) return leave(`, since it cannot be deleted: ${deleted.error.message}`);
  return {
    code: 1,
    cause: `this job was asked to end; Job ${name} was deleted, and the cluster ends its Pod`,
    next: 'The migration may be half done. Running this job again starts it anew.',
  };
}
