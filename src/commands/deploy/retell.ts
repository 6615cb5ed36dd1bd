import type { KubernetesClient } from '../../kubernetes/client.js';
import { listEvents } from '../../kubernetes/list-events.js';
import { nameOf } from '../../kubernetes/objects.js';
import type { Patience } from '../../kubernetes/patience.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import type { End } from './wait.js';

type Failed = Extract<End, { kind: 'failed' }>;

/**
 * The same failure in the words of the events as they are now. Those that are watched can come later than the state of
 * their Pod, and a container that its probe had killed would be told of as one that exited.
 */
export async function retell(client: KubernetesClient, end: Failed, patience: Patience | undefined): Promise<Failed> {
  const { seen, problem } = end;
  const pod = seen.rollout.pods.find((one) => nameOf(one) === problem.pod);
  if (pod === undefined || patience === undefined) return end;
  const events = await listEvents(client, pod);
  if (!events.ok) return end;
  const others = seen.problems.filter((one) => one.pod !== problem.pod);
  const problems = [...findPodProblems(pod, events.value), ...others];
  const { due } = patience.weigh(problems);
  return due !== undefined && due.pod === problem.pod ? { ...end, problem: due, seen: { ...seen, problems } } : end;
}
