import type { KubernetesClient } from '../../kubernetes/client.js';
import { isOwnedBy } from '../../kubernetes/kinds/living.js';
import { type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { jobs, pods } from '../../kubernetes/resources.js';
import { ok } from '../../result.js';

/** Labels of the Pods of a Job of this name. */
export function labelsOfPods(job: Job): string {
  return `job-name=${nameOf(job)}`;
}

/** The Pods of this very Job, oldest first; not those of an earlier one of the same name. */
export async function listJobPods(client: KubernetesClient, job: Job): ReturnType<typeof client.list<Pod>> {
  const found = await client.list(pods, { labels: labelsOfPods(job) });
  if (!found.ok) return found;
  const mine = found.value.filter((pod) => isOwnedBy(pod, job));
  const made = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  return ok(mine.sort((left, right) => made(left).localeCompare(made(right))));
}

/**
 * Deletes this very Job. It stays until its Pod is gone, so that whoever waits for its end waits for the Pod's.
 * @param resourceVersion one that has changed since is left alone: a `conflict`
 */
export function deleteJob(
  client: KubernetesClient,
  job: Job,
  resourceVersion?: string,
): ReturnType<typeof client.delete> {
  return client.delete(jobs, nameOf(job), { propagation: 'Foreground', uid: job.metadata.uid, resourceVersion });
}
