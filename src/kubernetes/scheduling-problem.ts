import { type Event, findCondition, nameOf, type Pod } from './objects.js';
import { HEALING, type Problem, SOON } from './problem.js';

/**
 * Why a Pod has no node yet. Where an autoscaler watches the Pod its word counts: while a node is on its way nothing is
 * wrong, and where none will come only Pods that end can make room.
 * @param events of the Pod, oldest first
 */
export function schedulingProblems(pod: Pod, events: readonly Event[]): readonly Problem[] {
  const scheduled = findCondition(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status !== 'False') return [];
  const { reason = '', message = 'no reason is given' } = scheduled;
  const problem = (cause: string, grace: number, word = reason) => [{ pod: nameOf(pod), reason: word, cause, grace }];
  if (reason === 'SchedulingGated') {
    return problem(`Pod ${nameOf(pod)} is held back by its scheduling gates`, Infinity);
  }
  const cause = `Pod ${nameOf(pod)} finds no node: ${shorten(message)}`;
  const scaling = events.map(readScaling).findLast((one) => one !== undefined);
  if (scaling !== undefined) {
    const what = `the autoscaler adds ${scaling.adds ? 'one' : 'none'}`;
    return problem(`${cause}; ${what}: ${scaling.said}`, scaling.adds ? Infinity : SOON, scaling.reason);
  }
  return problem(cause, /persistentvolumeclaim "[^"]*" not found/.test(message) ? SOON : HEALING);
}

/** The scheduler's words without what it says of preemption; the event below has them all. */
function shorten(message: string): string {
  return message
    .replace(/\s*(?:no new claims to deallocate, )?preemption: .*$/s, '')
    .replace(/(?:\. not found|\.)$/, '');
}

/**
 * What an autoscaler says of a Pod.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-events-are-emitted-by-ca
 * @see https://karpenter.sh/docs/troubleshooting/
 */
function readScaling({ reason = '', message = '' }: Event): Scaling | undefined {
  const said = message.trim();
  if (reason === 'TriggeredScaleUp' || reason === 'Nominated') return { reason, adds: true, said };
  const isRefusal = reason === 'NotTriggerScaleUp' || said.startsWith('Failed to schedule pod, ');
  return isRefusal ? { reason, adds: false, said } : undefined;
}

interface Scaling {
  readonly reason: string;
  readonly adds: boolean;
  readonly said: string;
}
