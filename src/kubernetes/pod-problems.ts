import { containerProblem, describeContainer } from './container-problem.js';
import { nodeProblems } from './node-problem.js';
import { type ContainerStatus, type Event, findCondition, nameOf, type Pod } from './objects.js';
import { HEALING, oneLine, type Problem, SOON } from './problem.js';
import { schedulingProblems } from './scheduling-problem.js';

/**
 * What keeps this Pod from running, ready, worst first. Pods that are being deleted, or that the node put out (evicted,
 * preempted, shut down), have none: their controller makes others.
 * @param events of the Pod, oldest first, for what its status does not say: volumes that cannot be mounted, the words of a
 * probe, of an autoscaler
 */
export function findPodProblems(pod: Pod, events: readonly Event[] = []): readonly Problem[] {
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') return [];
  const found = [
    ...schedulingProblems(pod, events),
    ...nodeProblems(pod, events),
    ...statusesOf(pod)
      .filter((status) => !isDone(pod, status))
      .flatMap((status) => containerProblem(pod, status, events)),
    ...mountProblems(pod, events),
    ...gateProblems(pod),
  ];
  return found.sort((left, right) => left.grace - right.grace);
}

/** Container statuses of init containers and containers. */
export function statusesOf(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** An init container that has done its work. */
function isDone(pod: Pod, status: ContainerStatus): boolean {
  return status.state?.terminated?.exitCode === 0 && describeContainer(pod, status.name) === 'init container';
}

const MOUNT = new Set(['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);
/** What comes after volumes and network: an event before one of these is history. */
const AFTER_MOUNT = new Set(['Pulling', 'Pulled', 'Created', 'Started']);

function mountProblems(pod: Pod, events: readonly Event[]): readonly Problem[] {
  const isStarting = statusesOf(pod).some((status) =>
    ['ContainerCreating', 'PodInitializing'].includes(status.state?.waiting?.reason ?? ''),
  );
  const event = events.findLast(({ reason = '' }) => MOUNT.has(reason) || AFTER_MOUNT.has(reason));
  const { reason = '', message = '' } = event ?? {};
  if (!isStarting || !MOUNT.has(reason)) return [];
  // The kubelet says the same of a Secret that a variable is taken from, and there nothing heals it either.
  const isAbsent = /(?:secret|configmap) "[^"]*" not found|references non-existent/i.test(message);
  const cause = `Pod ${nameOf(pod)} (${reason}): ${oneLine(message)}`;
  return [{ pod: nameOf(pod), reason, cause, grace: isAbsent ? SOON : HEALING }];
}

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate */
function gateProblems(pod: Pod): readonly Problem[] {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  const { reason = '', message = '' } = ready ?? {};
  if (ready?.status !== 'False' || reason !== 'ReadinessGatesNotReady') return [];
  const cause = `Pod ${nameOf(pod)} is not ready, though its containers are: ${message.replace(/\.$/, '')}`;
  return [{ pod: nameOf(pod), reason, cause, grace: HEALING }];
}
