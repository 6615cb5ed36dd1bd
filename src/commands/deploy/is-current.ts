import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { nameOf } from '../../kubernetes/objects.js';
import type { Problem } from '../../kubernetes/problem.js';
import { pods } from '../../kubernetes/resources.js';
import type { Seen } from './observe.js';

/**
 * Whether workloads are in the cluster as they were seen. A watch can be dead without a word for a minute, and a good end
 * that has passed since is none.
 */
export async function areCurrent(client: KubernetesClient, all: readonly Seen[]): Promise<boolean> {
  const found = await Promise.all(
    all.map(async ({ ref, workload }) => {
      const now = await client.get(kinds[ref.kind].resource, ref.name);
      return now.ok && now.value.metadata.resourceVersion === workload.metadata.resourceVersion;
    }),
  );
  return found.every((isSame) => isSame);
}

/** Whether a problem that had time to heal is there still: the same for its Pod, or for the workload itself. */
export async function isStillThere(client: KubernetesClient, problem: Problem, seen: Seen): Promise<boolean> {
  const pod = seen.rollout.pods.find((one) => nameOf(one) === problem.pod);
  if (problem.grace === 0) return true;
  if (pod === undefined) return areCurrent(client, [seen]);
  const now = await client.list(pods, { fields: `metadata.name=${nameOf(pod)}` });
  return now.ok && now.value[0]?.metadata.resourceVersion === pod.metadata.resourceVersion;
}
