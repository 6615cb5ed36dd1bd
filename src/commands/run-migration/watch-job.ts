import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { listEvents } from '../../kubernetes/list-events.js';
import { type Condition, findCondition, type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { makePatience } from '../../kubernetes/patience.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import { type Problem, refusalProblem } from '../../kubernetes/problem.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import type { Progress } from '../progress.js';
import { startJobLog } from './job-log.js';
import { isTrue, listJobPods } from './take-job.js';

/** How a Job ended, or why it is not waited for any longer. */
export type JobEnd =
  | { readonly kind: 'complete'; readonly job: Job }
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

const PERIOD = 1000;

/**
 * Waits until the Job is complete or failed, and passes on the log of its container meanwhile.
 * @param timeout milliseconds
 */
export async function watchJob(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  job: Job,
  timeout: number,
): Promise<JobEnd> {
  const container = job.spec.template.spec.containers[0]?.name ?? '';
  const log = startJobLog(client, io, progress, container);
  const end = await poll(client, io, progress, { job, container, timeout, onStarted: log.start });
  // The log belongs before the verdict, whole; of a container that goes on there is no end to wait for.
  if (end.kind === 'complete' || end.kind === 'failed') await log.finish();
  else await log.stop();
  return end;
}

interface Poll {
  readonly job: Job;
  readonly container: string;
  readonly timeout: number;
  readonly onStarted: (pod: Pod) => void;
}

async function poll(client: KubernetesClient, io: Io, progress: Progress, given: Poll): Promise<JobEnd> {
  const deadline = io.clock.now() + given.timeout;
  const patience = makePatience(io.clock);
  let pod: Pod | undefined;
  let problems: readonly Problem[] = [];
  for (;;) {
    if (io.signal.aborted) return { kind: 'interrupted' };
    const seen = await see(client, given.job, given.container);
    if (seen.ok) {
      // At its deadline a Job deletes its Pod: what was seen of it last is still worth telling.
      pod = seen.value.pod ?? pod;
      if (seen.value.pod !== undefined || pod === undefined) problems = seen.value.problems;
      if (seen.value.pod !== undefined) {
        progress.report(`Pod ${nameOf(seen.value.pod)}`, describePod(seen.value.pod));
        if (hasStarted(seen.value.pod, given.container)) given.onStarted(seen.value.pod);
      }
      const { job } = seen.value;
      if (isTrue(job, 'Complete')) return { kind: 'complete', job };
      const condition = findCondition(job.status?.conditions, 'Failed');
      if (condition?.status === 'True') return { kind: 'failed', condition, pod, problem: problems[0] };
      const { fresh, due } = patience.weigh(problems);
      for (const problem of fresh) progress.say(problem.cause);
      if (due !== undefined) return { kind: 'stuck', problem: due, pod };
    } else if (['unreachable', 'expired', 'other'].includes(seen.error.kind)) {
      // A migration goes on while the API server is being replaced.
      if (!io.signal.aborted) progress.report('the cluster', `${seen.error.message}; asking again`);
    } else {
      return { kind: 'lost', error: seen.error };
    }
    if (io.clock.now() >= deadline) {
      return seen.ok ? { kind: 'timed-out', problem: problems[0], pod } : { kind: 'lost', error: seen.error };
    }
    progress.heartbeat(
      () => `Job ${nameOf(given.job)}${pod === undefined ? '' : `, Pod ${nameOf(pod)} ${describePod(pod)}`}`,
    );
    await io.clock.sleep(PERIOD, io.signal);
  }
}

interface SeenJob {
  readonly job: Job;
  readonly pod: Pod | undefined;
  readonly problems: readonly Problem[];
}

async function see(client: KubernetesClient, job: Job, container: string): Promise<Result<SeenJob, KubernetesError>> {
  const now = await client.get(jobs, nameOf(job));
  if (!now.ok) return now;
  // Another Job that took its name is not ours to judge by.
  if (now.value.metadata.uid !== job.metadata.uid) {
    return fail({ kind: 'not-found', message: `Job "${nameOf(job)}" was replaced by another of its name` });
  }
  const listed = await listJobPods(client, job);
  if (!listed.ok) return listed;
  const pod = listed.value.at(-1);
  if (pod !== undefined && hasStarted(pod, container)) return ok({ job: now.value, pod, problems: [] });
  const events = await listEvents(client, pod ?? job);
  const told = events.ok ? events.value : [];
  if (pod !== undefined) return ok({ job: now.value, pod, problems: findPodProblems(pod, told) });
  const refused = told.findLast((event) => event.reason === 'FailedCreate');
  const problems = refused === undefined ? [] : [refusalProblem(refused.message ?? '')];
  return ok({ job: now.value, pod, problems });
}

/** Whether the container of that name runs or has run, so that it has a log. */
export function hasStarted(pod: Pod, container: string): boolean {
  const state = pod.status?.containerStatuses?.find((one) => one.name === container)?.state;
  return state?.running !== undefined || (state?.terminated !== undefined && state.terminated.reason !== 'StartError');
}

function describePod(pod: Pod): string {
  const phase = pod.status?.phase ?? 'Pending';
  return pod.spec.nodeName === undefined ? phase : `${phase} on node ${pod.spec.nodeName}`;
}
