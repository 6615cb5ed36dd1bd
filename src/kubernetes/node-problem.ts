import { type Event, findCondition, nameOf, type Pod } from './objects.js';
import { HEALING, type Problem } from './problem.js';

/**
 * What a Pod that has a node suffers from when that node is not at work. Nodes themselves are not read, which would take a
 * right for the whole cluster.
 * @param events of the Pod, oldest first
 * @see https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
 */
export function nodeProblems(pod: Pod, events: readonly Event[]): readonly Problem[] {
  const { nodeName } = pod.spec;
  if (nodeName === undefined) return [];
  const problem = (reason: string, grace: number, cause: string): readonly Problem[] => [
    { pod: nameOf(pod), reason, cause: `Pod ${nameOf(pod)}: its node ${nodeName} ${cause}`, grace },
  ];
  // The node controller takes the condition from the Pod, and says so; the node gives it back when it is there again.
  const isNotReady = findCondition(pod.status?.conditions, 'Ready')?.status !== 'True';
  if (isNotReady && events.at(-1)?.reason === 'NodeNotReady') return problem('NodeNotReady', HEALING, 'is not ready');
  // The kubelet writes a state for each container as soon as it has seen the Pod.
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  if (containerStatuses.length + initContainerStatuses.length > 0) return [];
  return problem('NotTakenUp', Infinity, 'has not taken it up');
}
