import { findCondition, type Job, nameOf, type Pod, type TerminatedState } from '../../kubernetes/objects.js';

/** Annotation of a Job whose migration is done while its Pod, or a container beside it, says something else. */
export const RESULT = 'build-once/result';

/** Whether the Job's condition of that type holds. */
export function isTrue(job: Job, type: string): boolean {
  return findCondition(job.status?.conditions, type)?.status === 'True';
}

/** Whether it was noted on the Job that its migration is done. */
export function isNoted(job: Job): boolean {
  return job.metadata.annotations?.[RESULT] === 'succeeded';
}

/** Whether the migration of this Job is done, as far as the Job says; `findDoubt` says what its Pod has against that. */
export function hasSucceeded(job: Job): boolean {
  return isTrue(job, 'Complete') || isNoted(job);
}

/** Whether nothing of this Job runs any more. Before Kubernetes 1.31 a Job could be over while its Pod was still ending. */
export function isFinished(job: Job): boolean {
  return (isTrue(job, 'Complete') || isTrue(job, 'Failed')) && (job.status?.terminating ?? 0) === 0;
}

/** Whether the container of that name runs or has run, so that it has a log. */
export function hasStarted(pod: Pod, container: string): boolean {
  const state = pod.status?.containerStatuses?.find((one) => one.name === container)?.state;
  return state?.running !== undefined || (state?.terminated !== undefined && state.terminated.reason !== 'StartError');
}

/** Whether the container of that name runs, in a Pod that nobody ends. */
export function isRunning(pod: Pod, container: string): boolean {
  return (
    hasStarted(pod, container) && endOf(pod, container) === undefined && pod.metadata.deletionTimestamp === undefined
  );
}

/** How the container of that name has ended; undefined: it has not. */
export function endOf(pod: Pod, container: string): TerminatedState | undefined {
  return pod.status?.containerStatuses?.find((one) => one.name === container)?.state?.terminated;
}

/**
 * Whether the migration has ended well in this Pod: its container has ended with 0, and of its own accord. A program that
 * is told to end may well end with 0 half way, so a Pod that is deleted or put out by its node proves nothing.
 */
export function endedWell(pod: Pod, container: string): boolean {
  return endOf(pod, container)?.exitCode === 0 && describeRemoval(pod) === undefined;
}

/** Who or what ended the Pod, as the rest of a sentence; undefined: nobody, as far as it says. */
export function describeRemoval(pod: Pod): string | undefined {
  const { reason, message, conditions } = pod.status ?? {};
  const words = (text: string | undefined) => (text === undefined || text === '' ? '' : `: ${text}`);
  if (reason !== undefined) return `was put out by its node (${reason})${words(message)}`;
  // https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
  const disruption = findCondition(conditions, 'DisruptionTarget');
  if (disruption?.status === 'True') return `was put out (${disruption.reason})${words(disruption.message)}`;
  return pod.metadata.deletionTimestamp === undefined ? undefined : 'was deleted';
}

/**
 * Why a Job that is Complete does not prove that its migration is done; undefined: it does. The cluster counts a Pod that is
 * put out as failed as soon as it sees that, and one whose program was quicker to end with 0 as a success. Then the Pod
 * goes, while that of a Job that ended of its own accord stays. What was noted was seen by whoever noted it.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy
 */
export function findDoubt(job: Job, pod: Pod | undefined): string | undefined {
  if (isNoted(job)) return undefined;
  const says = `Job ${nameOf(job)} is Complete, but that proves nothing`;
  if (pod === undefined) return `${says}: its Pod is gone, and nobody has noted how it ended`;
  const removal = describeRemoval(pod);
  return removal === undefined ? undefined : `${says}: its Pod ${nameOf(pod)} ${removal}`;
}

/**
 * Containers that run on beside it. The Job has none of its own: they were injected into the Pod, as a service mesh does
 * with its proxy. Sidecars among the init containers are ended by the kubelet and do not count.
 */
export function othersRunning(pod: Pod, container: string): readonly string[] {
  return pod.spec.containers
    .map(({ name }) => name)
    .filter((name) => name !== container && endOf(pod, name) === undefined);
}

/** Name of the container that migrates. */
export function containerOf(job: Job): string {
  return job.spec.template.spec.containers[0]?.name ?? '';
}
