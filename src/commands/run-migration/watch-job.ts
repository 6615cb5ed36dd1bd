import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { listEvents } from '../../kubernetes/list-events.js';
import { type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { makePatience } from '../../kubernetes/patience.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import { type Problem, refusalProblem } from '../../kubernetes/problem.js';
import { jobs } from '../../kubernetes/resources.js';
import { fail, ok, type Result } from '../../result.js';
import { isPassing } from '../kubernetes-failure.js';
import type { Limits } from '../limits.js';
import type { Progress } from '../progress.js';
import { type JobEnd, judge } from './job-end.js';
import { startJobLog } from './job-log.js';
import { followNews, type JobNews } from './job-news.js';
import { listJobPods } from './job-pods.js';
import { containerOf, hasStarted, isRunning } from './job-state.js';
import type { MigrationLock } from './lock.js';

/**
 * Waits until the migration has ended, and passes on the log of its container meanwhile.
 * @param lock is held on to
 * @param limits milliseconds: until the Job is given up, and that what can heal may last before its container starts
 */
export async function watchJob(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  lock: MigrationLock,
  job: Job,
  limits: Limits,
): Promise<JobEnd> {
  const container = containerOf(job);
  const log = startJobLog(client, io, progress, container);
  const news = followNews(client, io, job);
  const end = await follow(client, io, progress, { job, container, lock, ...limits, news, onStarted: log.start });
  news.stop();
  // The log belongs before the verdict, whole; of a container that goes on there is no end to wait for.
  if (end.kind === 'complete' || end.kind === 'ended' || end.kind === 'failed') await log.finish();
  else await log.stop();
  return end;
}

interface Followed {
  readonly job: Job;
  readonly container: string;
  readonly lock: MigrationLock;
  readonly timeout: number;
  readonly grace: number;
  readonly news: JobNews;
  readonly onStarted: (pod: Pod) => void;
}

async function follow(client: KubernetesClient, io: Io, progress: Progress, given: Followed): Promise<JobEnd> {
  const { job, container, lock, news } = given;
  const deadline = io.clock.now() + given.timeout;
  const patience = makePatience(io.clock, given.grace);
  let pod: Pod | undefined;
  let problems: readonly Problem[] = [];
  let trouble: KubernetesError | undefined;
  for (;;) {
    if (io.signal.aborted) return { kind: 'interrupted' };
    if (news.isDue()) {
      const seen = await see(client, job, container);
      trouble = seen.ok ? undefined : seen.error;
      if (seen.ok) {
        // At its deadline a Job deletes its Pod: what was seen of it last is still worth telling.
        pod = seen.value.pod ?? pod;
        if (seen.value.pod !== undefined || pod === undefined) problems = seen.value.problems;
        if (seen.value.pod !== undefined) {
          progress.report(`Pod ${nameOf(seen.value.pod)}`, describePod(seen.value.pod));
          if (hasStarted(seen.value.pod, container)) given.onStarted(seen.value.pod);
        }
        const end = judge(seen.value.job, pod, seen.value.pod === undefined, container, problems);
        if (end !== undefined) return end;
        const { fresh, due } = patience.weigh(problems);
        for (const problem of fresh) progress.say(problem.cause);
        if (due !== undefined) return { kind: 'stuck', problem: due, pod };
      } else if (!isPassing(seen.error)) {
        return { kind: 'lost', error: seen.error };
      } else if (!io.signal.aborted) {
        // A migration goes on while the API server is being replaced.
        progress.report('the cluster', `${seen.error.message}; asking again`);
      }
      news.expect(seen.ok && seen.value.pod !== undefined && isRunning(seen.value.pod, container));
    }
    if (io.clock.now() >= deadline) {
      return trouble === undefined
        ? { kind: 'timed-out', problem: problems[0], pod }
        : { kind: 'lost', error: trouble };
    }
    progress.heartbeat(
      () => `Job ${nameOf(job)}${pod === undefined ? '' : `, Pod ${nameOf(pod)} ${describePod(pod)}`}`,
    );
    await lock.keep();
    await news.wait();
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

function describePod(pod: Pod): string {
  const phase = pod.status?.phase ?? 'Pending';
  return pod.spec.nodeName === undefined ? phase : `${phase} on node ${pod.spec.nodeName}`;
}
