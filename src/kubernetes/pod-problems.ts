import { type ContainerStatus, type Event, findCondition, nameOf, type Pod, type TerminatedState } from './objects.js';
import { HEALING, isHopelessPull, type Problem, shortenPull } from './problem.js';

/**
 * What keeps this Pod from running, ready, worst first. Pods that are being deleted, or that the node put out (evicted,
 * preempted, shut down), have none: their controller makes others.
 * @param events of the Pod, for what its status does not say: volumes that cannot be mounted, the words of a probe
 */
export function findPodProblems(pod: Pod, events: readonly Event[] = []): readonly Problem[] {
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') return [];
  const found = [
    ...schedulingProblems(pod),
    ...(pod.status?.initContainerStatuses ?? [])
      .filter((status) => status.state?.terminated?.exitCode !== 0)
      .flatMap((status) => containerProblems(pod, status)),
    ...(pod.status?.containerStatuses ?? []).flatMap((status) => containerProblems(pod, status)),
    ...mountProblems(pod, events),
    ...readinessProblems(pod, events),
  ];
  return found.sort((left, right) => left.grace - right.grace);
}

/** Container statuses of init containers and containers. */
export function statusesOf(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** Restarts after which a container that is down again will not come up by itself. */
const RESTARTS = 2;

function containerProblems(pod: Pod, status: ContainerStatus): readonly Problem[] {
  const subject = { pod: nameOf(pod), container: status.name };
  const who = `container "${status.name}" of Pod ${nameOf(pod)}`;
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  const isDown = status.state?.running === undefined && ended !== undefined;
  if (isDown && pod.spec.restartPolicy !== 'Never') {
    const cause = `${who} ${describeEnd(ended)}, ${status.restartCount + 1} times in a row`;
    if (status.restartCount >= RESTARTS) return [{ ...subject, reason: 'CrashLoopBackOff', cause, grace: 0 }];
    return [{ ...subject, reason: ended.reason ?? 'Error', cause: `${who} ${describeEnd(ended)}`, grace: Infinity }];
  }
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  const problem = (text: string, grace: number): readonly Problem[] => [
    { ...subject, reason, cause: `${who}: ${text}`, grace },
  ];
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return problem(`its image cannot be pulled: ${shortenPull(message)}`, isHopelessPull(message) ? 0 : HEALING);
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return problem(`its image cannot be pulled (${reason}): ${message}`, 0);
    case 'CreateContainerConfigError':
      return problem(`it cannot be configured: ${message}`, /failed to sync .* cache/.test(message) ? HEALING : 0);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ImageInspectError':
      return problem(`it cannot be started (${reason}): ${message}`, HEALING);
    default:
      return [];
  }
}

/** How a container ended, as the rest of a sentence: `exited with code 3`, `was killed: out of memory (exit code 137)`. */
export function describeEnd(ended: TerminatedState): string {
  switch (ended.reason) {
    case 'OOMKilled':
      return `was killed: out of memory (OOMKilled, exit code ${ended.exitCode}); its memory limit is too low for it`;
    case 'StartError':
    case 'ContainerCannotRun':
      return `could not be started: ${ended.message?.trim() ?? ended.reason}`;
    default:
      return `exited with code ${ended.exitCode}`;
  }
}

function schedulingProblems(pod: Pod): readonly Problem[] {
  const scheduled = findCondition(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status !== 'False') return [];
  const cause = `Pod ${nameOf(pod)} finds no node: ${scheduled.message ?? scheduled.reason ?? 'no reason is given'}`;
  return [{ pod: nameOf(pod), reason: 'Unschedulable', cause, grace: Infinity }];
}

const MOUNT = new Set(['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);

function mountProblems(pod: Pod, events: readonly Event[]): readonly Problem[] {
  const isStarting = statusesOf(pod).some((status) =>
    ['ContainerCreating', 'PodInitializing'].includes(status.state?.waiting?.reason ?? ''),
  );
  const event = events.findLast((one) => MOUNT.has(one.reason ?? ''));
  if (!isStarting || event === undefined) return [];
  const reason = event.reason ?? '';
  return [
    { pod: nameOf(pod), reason, cause: `Pod ${nameOf(pod)} (${reason}): ${event.message ?? ''}`, grace: HEALING },
  ];
}

function readinessProblems(pod: Pod, events: readonly Event[]): readonly Problem[] {
  return (pod.status?.containerStatuses ?? [])
    .filter((status) => status.state?.running !== undefined && status.ready === false)
    .map((status) => {
      const probe = events.findLast(
        (event) => event.reason === 'Unhealthy' && /^(Readiness|Startup) probe/.test(event.message ?? ''),
      );
      const words = probe?.message?.trim() ?? 'it runs, but is not ready';
      const cause = `container "${status.name}" of Pod ${nameOf(pod)}: ${words}`;
      return { pod: nameOf(pod), container: status.name, reason: 'NotReady', cause, grace: Infinity };
    });
}
