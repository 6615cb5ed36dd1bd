import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { type Condition, findCondition, type Job, type Pod, type TerminatedState } from '../../kubernetes/objects.js';
import type { Problem } from '../../kubernetes/problem.js';
import { describeRemoval, endOf, findDoubt, hasSucceeded, othersRunning } from './job-state.js';

/** How a Job ended, or why it is not waited for any longer. */
export type JobEnd =
  | { readonly kind: 'complete' }
  /** Its container has ended, and that is the verdict, though the Job says something else or nothing yet. */
  | { readonly kind: 'ended'; readonly exit: TerminatedState; readonly pod: Pod; readonly others: readonly string[] }
  /** `problem`: what kept its container from starting, as far as it was seen. */
  | {
      readonly kind: 'failed';
      readonly condition: Condition;
      readonly pod: Pod | undefined;
      readonly problem: Problem | undefined;
    }
  /** Its container has not started and will not. */
  | { readonly kind: 'stuck'; readonly problem: Problem; readonly pod: Pod | undefined }
  | { readonly kind: 'timed-out'; readonly problem: Problem | undefined; readonly pod: Pod | undefined }
  | { readonly kind: 'lost'; readonly error: KubernetesError }
  | { readonly kind: 'interrupted' };

/**
 * What the Job and its Pod say by now; undefined: nothing yet.
 * @param pod as it was seen last
 * @param isGone whether it is there no more
 */
export function judge(
  job: Job,
  pod: Pod | undefined,
  isGone: boolean,
  container: string,
  problems: readonly Problem[],
): JobEnd | undefined {
  if (hasSucceeded(job)) {
    const complete = findCondition(job.status?.conditions, 'Complete');
    // What was seen of it before it ended is no word about how it ended.
    const wasSeenToEnd = pod !== undefined && endOf(pod, container) !== undefined;
    return complete === undefined || findDoubt(job, isGone && !wasSeenToEnd ? undefined : pod) === undefined
      ? { kind: 'complete' }
      : { kind: 'failed', condition: complete, pod, problem: undefined };
  }
  const condition = findCondition(job.status?.conditions, 'Failed');
  const isFailed = condition?.status === 'True';
  const exit = pod && endOf(pod, container);
  if (exit !== undefined && pod !== undefined && describeRemoval(pod) === undefined) {
    // Containers that were injected beside it have no say: neither one that runs on, nor one that failed.
    const others = othersRunning(pod, container);
    const isVerdict = isFailed ? exit.exitCode === 0 : others.length > 0;
    if (isVerdict) return { kind: 'ended', exit, pod, others };
  }
  return isFailed ? { kind: 'failed', condition, pod, problem: problems[0] } : undefined;
}
