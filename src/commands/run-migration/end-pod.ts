import type { KubernetesClient } from '../../kubernetes/client.js';
import { type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { jobs, pods } from '../../kubernetes/resources.js';
import type { Progress } from '../progress.js';
import { RESULT } from './job-state.js';

/**
 * Notes on the Job that its migration is done. Its own status may never say so, where a container that was injected into
 * the Pod runs on, or has failed; and what it says proves nothing any more when the Pod is gone.
 * @returns whether it is noted
 */
export async function noteSuccess(client: KubernetesClient, progress: Progress, job: Job): Promise<boolean> {
  const { name, uid } = job.metadata;
  const body = {
    metadata: { ...(uid === undefined ? {} : { uid }), annotations: { [RESULT]: 'succeeded' } },
    // From now on its Pod counts by how it ends, and not as failed as soon as somebody ends it.
    spec: { podReplacementPolicy: 'Failed' },
  };
  const noted = await client.patch(jobs, nameOf(job), { type: 'merge', body });
  if (!noted.ok) progress.say(`Job ${name} cannot be marked as done: ${noted.error.message}`);
  return noted.ok;
}

/** Ends the Pod, whose migration has ended and whose other containers would run for ever, so that its Job ends too. */
export async function endPod(
  client: KubernetesClient,
  progress: Progress,
  pod: Pod,
  others: readonly string[],
): Promise<void> {
  if (others.length === 0) return;
  const name = nameOf(pod);
  const who = `${others.map((other) => `"${other}"`).join(', ')} of Pod ${name}`;
  const uid = pod.metadata.uid;
  const deleted = await client.delete(pods, name, uid === undefined ? {} : { uid });
  progress.say(
    deleted.ok
      ? `${who} would run on, so the Pod is ended.`
      : `${who} runs on, and the Pod cannot be ended: ${deleted.error.message}`,
  );
}
