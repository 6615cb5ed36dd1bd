import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { isLiving, isOwnedBy } from '../../kubernetes/kinds/living.js';
import { findCondition, nameOf, type Pod, type Workload } from '../../kubernetes/objects.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { formatWorkload } from '../../workload.js';
import type { Progress } from '../progress.js';
import type { Awaited } from './wait.js';

/** Milliseconds in which the controller should have seen that the template is another, and between two looks. */
const LIMIT = 30_000;
const PAUSE = 500;

/**
 * Deletes the Pods that would hold up a rollout: a StatefulSet waits for a Pod of a bad template to become ready before it
 * replaces it. Only where the controller has seen the new template, else it would make the same Pod again. What goes wrong
 * here is told, and is left to the wait: it says what the workload lacks.
 * @param which of the Pods of another template: those that are not ready, or those alone that cannot become ready
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
export async function freeStuckPods(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  awaited: readonly Awaited[],
  which: 'unready' | 'hopeless',
): Promise<void> {
  for (const one of awaited.filter(({ ref }) => kinds[ref.kind].waitsForBrokenPods)) {
    const name = formatWorkload(one.ref);
    const workload = await seeTemplate(client, io, one);
    const labels = workload && selectorOf(workload);
    const listed = labels === undefined ? undefined : await client.list(pods, { labels });
    if (workload === undefined || listed?.ok !== true) continue;
    const around = { pods: listed.value, revisions: [], events: [] };
    const { pods: current } = kinds[one.ref.kind].read(workload, around);
    for (const pod of listed.value.filter((each) => !current.includes(each) && isStuck(each, workload, which))) {
      const { uid } = pod.metadata;
      const gone = await client.delete(pods, nameOf(pod), uid === undefined ? {} : { uid });
      progress.say(
        gone.ok
          ? `${name}: deleted Pod ${nameOf(pod)}, which is not ready and would hold the rollout up`
          : `${name}: Pod ${nameOf(pod)} is not ready and holds the rollout up, but ${gone.error.message}`,
      );
    }
  }
}

/** The workload, once its controller has seen the template; undefined where that does not come to pass. */
async function seeTemplate(
  client: KubernetesClient,
  io: Io,
  { ref, generation }: Awaited,
): Promise<Workload | undefined> {
  const deadline = io.clock.now() + LIMIT;
  while (io.clock.now() < deadline && !io.signal.aborted) {
    const found = await client.get(kinds[ref.kind].resource, ref.name);
    if (found.ok && Number(found.value.status?.observedGeneration ?? 0) >= generation) return found.value;
    await io.clock.sleep(PAUSE, io.signal);
  }
  return undefined;
}

/** Whether a Pod of the workload is not ready. */
function isStuck(pod: Pod, workload: Workload, which: 'unready' | 'hopeless'): boolean {
  const isReady = findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
  if (isReady || !isLiving(pod) || !isOwnedBy(pod, workload)) return false;
  return which === 'unready' || findPodProblems(pod).some(({ grace }) => grace === 0);
}
