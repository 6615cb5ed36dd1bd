import type { KubernetesClient } from '../../kubernetes/client.js';
import { formatEvent, listEvents } from '../../kubernetes/list-events.js';
import { type Condition, type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { describeEnd } from '../../kubernetes/pod-problems.js';
import { reportPod } from '../../kubernetes/pod-report.js';
import { jobs } from '../../kubernetes/resources.js';
import { unreachable } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import { listJobPods } from './take-job.js';
import { hasStarted, type JobEnd } from './watch-job.js';

/** The verdict for a person: cause, Pod and node, last log lines, events, and what to run next. */
export async function reportJob(
  client: KubernetesClient,
  job: Job,
  end: Exclude<JobEnd, { kind: 'complete' }>,
  timeout: string,
): Promise<Failure> {
  const container = job.spec.template.spec.containers[0]?.name ?? '';
  const next = `kubectl -n ${client.namespace} describe job ${nameOf(job)}`;
  switch (end.kind) {
    case 'failed': {
      const isLate = end.condition.reason === 'DeadlineExceeded';
      const failed = end.pod && findFailed(end.pod);
      return {
        code: isLate ? 70 : 1,
        cause: isLate
          ? `migration timed out: ${describeDeadline(job)}, and the cluster ended it${end.problem === undefined ? '' : `: ${end.problem.cause}`}`
          : `migration failed: ${describeFailed(end.condition, end.pod)}`,
        details: await describe(client, job, end.pod, failed?.name ?? container),
        next: `${next}. Running this job again starts the migration anew.`,
      };
    }
    case 'stuck': {
      const details = await describe(client, job, end.pod, end.problem.container);
      return {
        code: 1,
        cause: `migration failed: ${end.problem.cause}`,
        details: [...details, await clear(client, job, container)],
        next: `Put right what the cause names, then run this job again.`,
      };
    }
    case 'timed-out':
      return {
        code: 70,
        cause: `migration timed out after ${timeout}${end.problem === undefined ? '' : `: ${end.problem.cause}`}`,
        details: await describe(client, job, end.pod, end.problem?.container ?? container),
        next: `${next}. Raise --timeout if it only needs longer.`,
      };
    case 'lost': {
      if (end.error.kind === 'not-found') {
        return {
          code: 1,
          cause: `Job ${nameOf(job)} was deleted while it ran; whether the migration was done is not known`,
          next: 'See who deleted it, then run this job again.',
        };
      }
      const failure = toFailure(end.error, migrationRules);
      return {
        ...failure,
        cause: `the migration was started, but its end was not seen: ${failure.cause}`,
        next: `${next}. Running this job again takes it up.`,
      };
    }
    case 'interrupted':
      return {
        code: 1,
        cause: `this job was asked to end; Job ${nameOf(job)} goes on in the cluster`,
        next: `Run this job again: it takes the same Job up. Or follow it by kubectl -n ${client.namespace} logs -f job/${nameOf(job)}.`,
      };
    default:
      return unreachable(end);
  }
}

function describeDeadline(job: Job): string {
  return `Job ${nameOf(job)} took longer than its ${job.spec.activeDeadlineSeconds ?? 0} s`;
}

function findFailed(pod: Pod) {
  // The container itself first: a sidecar among the init containers is stopped after it, often with a code of its own.
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses].find(
    (status) => (status.state?.terminated?.exitCode ?? 0) !== 0,
  );
}

function describeFailed(condition: Condition, pod: Pod | undefined): string {
  const failed = pod && findFailed(pod);
  // A Pod that the node put out (evicted, preempted, out of memory on the node) says why itself.
  if (pod?.status?.reason !== undefined)
    return `Pod ${nameOf(pod)} was put out by its node (${pod.status.reason}): ${pod.status.message ?? ''}`;
  if (failed?.state?.terminated === undefined) return condition.message ?? condition.reason ?? 'the Job failed';
  const isInit = pod?.status?.initContainerStatuses?.includes(failed) === true;
  return `${isInit ? 'init container' : 'container'} "${failed.name}" ${describeEnd(failed.state.terminated)}`;
}

async function describe(
  client: KubernetesClient,
  job: Job,
  pod: Pod | undefined,
  container: string | undefined,
): Promise<readonly string[]> {
  if (pod !== undefined) return reportPod(client, pod, container);
  const events = await listEvents(client, job);
  const told = events.ok
    ? events.value.slice(-5).map((event) => `  ${formatEvent(event)}`)
    : [`  ${events.error.message}`];
  return [`Job ${nameOf(job)} has no Pod`, 'events of the Job:', ...told];
}

/**
 * Deletes a Job whose container has not started, so that it does not start some day with nobody watching. One that has
 * started after all is left alone: to end a migration half way would be worse.
 */
async function clear(client: KubernetesClient, job: Job, container: string): Promise<string> {
  const name = nameOf(job);
  const left = `Job ${name} is still in the cluster`;
  const found = await listJobPods(client, job);
  if (!found.ok) return `${left}: ${found.error.message}`;
  if (found.value.some((pod) => hasStarted(pod, container))) return `${left}: its container has started after all`;
  const uid = job.metadata.uid;
  const deleted = await client.delete(jobs, name, uid === undefined ? {} : { uid });
  return deleted.ok ? `Job ${name} was deleted: its container never started` : `${left}: ${deleted.error.message}`;
}
