import type { Clock } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { describeEnd } from '../../kubernetes/container-end.js';
import { formatEvent, listEvents } from '../../kubernetes/list-events.js';
import { type Condition, type Job, nameOf, type Pod } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { reportPod } from '../../kubernetes/pod-report.js';
import { unreachable } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import { cancel, type OnCancel } from './cancel.js';
import type { JobEnd } from './job-end.js';
import { deleteJob, listJobPods } from './job-pods.js';
import { containerOf, describeRemoval, endOf, findDoubt, hasStarted } from './job-state.js';

/** What a report says of the options that the migration was run with. */
export interface Told {
  /** `--timeout`, as it was given. */
  readonly timeout: string;
  readonly onCancel: OnCancel;
}

/** The verdict for a person: cause, Pod and node, last log lines, events, and what to run next. */
export async function reportJob(
  client: KubernetesClient,
  clock: Clock,
  job: Job,
  end: Exclude<JobEnd, { kind: 'complete' }>,
  told: Told,
): Promise<Failure> {
  const container = containerOf(job);
  const next = `kubectl -n ${client.namespace} describe job ${nameOf(job)}`;
  switch (end.kind) {
    case 'ended':
      return {
        code: 1,
        cause: `migration failed: container "${container}" ${describeEnd(end.exit)}`,
        details: await describe(client, job, end.pod, container),
        next: `${next}. ${AGAIN}`,
      };
    case 'failed': {
      const isLate = end.condition.reason === 'DeadlineExceeded';
      const failed = end.pod && findFailed(end.pod, container);
      return {
        code: isLate ? 70 : 1,
        cause: isLate
          ? `migration timed out: ${describeDeadline(job)}, and the cluster ended it${end.problem === undefined ? '' : `: ${end.problem.cause}`}`
          : `migration failed: ${describeFailed(job, end.condition, end.pod, container)}`,
        details: await describe(client, job, end.pod, failed?.name ?? container),
        next: `${next}. ${AGAIN}`,
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
        cause: `migration timed out after ${told.timeout}${end.problem === undefined ? '' : `: ${end.problem.cause}`}`,
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
      return cancel(client, clock, job, told.onCancel);
    default:
      return unreachable(end);
  }
}

const AGAIN = 'Running this job again starts the migration anew, unless --failed-before is stop.';

function describeDeadline(job: Job): string {
  return `Job ${nameOf(job)} took longer than its ${job.spec.activeDeadlineSeconds ?? 0} s`;
}

function findFailed(pod: Pod, container: string) {
  // The container itself first: those beside it are stopped after it, often with a code of their own.
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return [
    ...containerStatuses.filter(({ name }) => name === container),
    ...containerStatuses,
    ...initContainerStatuses,
  ].find((status) => (status.state?.terminated?.exitCode ?? 0) !== 0);
}

function describeFailed(job: Job, condition: Condition, pod: Pod | undefined, container: string): string {
  const failed = pod && findFailed(pod, container);
  // Who put the Pod out matters more than the signal that its container got then.
  const removal = pod && describeRemoval(pod);
  if (pod !== undefined && removal !== undefined) {
    const exit = endOf(pod, container);
    return `Pod ${nameOf(pod)} ${removal}${exit === undefined ? '' : `; container "${container}" ${describeEnd(exit)}`}`;
  }
  if (failed?.state?.terminated === undefined) {
    if (condition.type === 'Complete') return findDoubt(job, pod) ?? '';
    const words = condition.message ?? condition.reason ?? 'the Job failed';
    const isOpen = pod !== undefined && endOf(pod, container) === undefined;
    return isOpen ? `Pod ${nameOf(pod)} was deleted before its container had ended: ${words}` : words;
  }
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
  const deleted = await deleteJob(client, job);
  return deleted.ok ? `Job ${name} was deleted: its container never started` : `${left}: ${deleted.error.message}`;
}
