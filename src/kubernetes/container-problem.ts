import { describeEnd } from './container-end.js';
import { type ContainerStatus, type Event, nameOf, type Pod, type TerminatedState } from './objects.js';
import { findProbe, type ProbeKill, probeKill, probeKillUnderWay } from './probe-events.js';
import { HEALING, isHopelessPull, KILLING, type Problem, shortenPull } from './problem.js';

/** Restarts after which a container that is down again will not come up by itself. */
const RESTARTS = 2;
/** Milliseconds of running after which the kubelet counts the crashes of a container from the start. */
const FORGIVEN = 600_000;

/**
 * What keeps one container from running, ready.
 * @param events of its Pod, oldest first
 */
export function containerProblem(pod: Pod, status: ContainerStatus, events: readonly Event[]): readonly Problem[] {
  const what = describeContainer(pod, status.name);
  const who = `${what} "${status.name}" of Pod ${nameOf(pod)}`;
  const problem = (reason: string, cause: string, grace: number): readonly Problem[] => [
    { pod: nameOf(pod), container: status.name, reason, cause: `${who}${cause}`, grace },
  ];
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  const { waiting, running } = status.state ?? {};
  const restarts = what === 'sidecar' || pod.spec.restartPolicy !== 'Never';
  if (running === undefined && ended !== undefined && restarts) {
    const { how, why } = describeCrash(ended, probeKill(status.name, ended, events));
    if (cannotStart(ended)) return problem('StartError', ` ${how}`, 0);
    if (status.restartCount < RESTARTS || lifeOf(ended) >= FORGIVEN)
      return problem(ended.reason ?? 'Error', ` ${how}${why}`, Infinity);
    const forever = ended.exitCode === 0 && why === '' ? ', where it is to run for ever' : why;
    return problem('CrashLoopBackOff', ` ${how}, ${status.restartCount + 1} times in a row${forever}`, 0);
  }
  if (running !== undefined) return runningProblem(pod, status, events).flatMap((one) => problem(...one));
  const { reason = '', message = '' } = waiting ?? {};
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return problem(
        reason,
        `: its image cannot be pulled: ${shortenPull(message)}`,
        isHopelessPull(message) ? 0 : HEALING,
      );
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return problem(reason, `: its image cannot be pulled (${reason}): ${message}`, 0);
    case 'CreateContainerConfigError':
      return problem(
        reason,
        `: it cannot be configured: ${message.replace(/ \(pod: .*$/, '')}`,
        /failed to sync .* cache/.test(message) ? HEALING : 0,
      );
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ImageInspectError':
      return problem(reason, `: it cannot be started (${reason}): ${message}`, HEALING);
    default:
      return [];
  }
}

/** What a container is in its Pod, in the words of Kubernetes. */
export function describeContainer(pod: Pod, name: string): 'container' | 'init container' | 'sidecar' {
  const init = pod.spec.initContainers?.find((one) => one.name === name);
  if (init === undefined) return 'container';
  return init.restartPolicy === 'Always' ? 'sidecar' : 'init container';
}

/** A container that runs, and what the Pod still waits for: reason, cause and grace. */
function runningProblem(
  pod: Pod,
  status: ContainerStatus,
  events: readonly Event[],
): readonly (readonly [string, string, number])[] {
  const kill = probeKillUnderWay(status.name, status.state?.running?.startedAt ?? '', events);
  if (kill !== undefined) {
    return [[KILLING, ` is being ended for its ${kill.probe} probe${kill.words ? `: ${kill.words}` : ''}`, Infinity]];
  }
  const what = describeContainer(pod, status.name);
  if (what === 'init container') return [['Initializing', ' has not ended yet', Infinity]];
  if (what === 'sidecar' ? status.started === true : status.ready !== false) return [];
  const words = findProbe(status.name, /^(?:Readiness|Startup) probe/, events);
  if (words === undefined) return [['NotReady', ': it runs, but is not ready', Infinity]];
  // A startup probe has an end of its own: the kubelet kills the container then, which counts as a crash.
  return [['Unhealthy', `: ${words}`, words.startsWith('Startup') ? Infinity : HEALING]];
}

/** Whether the image, which stays as it is, does not have what the container is to run. */
function cannotStart({ reason, message = '' }: TerminatedState): boolean {
  return (
    (reason === 'StartError' || reason === 'ContainerCannotRun') &&
    /no such file or directory|executable file not found|permission denied|not a directory|exec format error/.test(
      message,
    )
  );
}

function describeCrash(ended: TerminatedState, kill: ProbeKill | undefined) {
  if (kill === undefined) return { how: describeEnd(ended), why: '' };
  const why = kill.words === undefined ? '' : `: ${kill.words}`;
  return { how: `was killed for its ${kill.probe} probe (exit code ${ended.exitCode})`, why };
}

/** Milliseconds that a container has run; 0 for one that never did, whose start is the year 1970. */
function lifeOf({ startedAt = '', finishedAt = '' }: TerminatedState): number {
  const start = Date.parse(startedAt);
  return start > 0 ? Date.parse(finishedAt) - start : 0;
}
