import type { KubernetesClient } from '../../kubernetes/client.js';
import { nameOf, type Pod } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { reportPod } from '../../kubernetes/pod-report.js';
import type { Problem } from '../../kubernetes/problem.js';
import { unreachable } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { Seen } from './observe.js';
import type { End } from './wait.js';

/** Pods that are told of in full, for each workload. */
const PODS = 2;

/** Where the cluster goes on by itself. */
const AGAIN = 'Run this job again: it changes nothing that is done, and gives the verdict.';

/** The verdict for a person: the cause, then each failing container with its logs and events, then what is left. */
export async function reportFailure(
  client: KubernetesClient,
  end: Exclude<End, { kind: 'done' }>,
  given: {
    readonly timeout: string;
    readonly workloads: readonly WorkloadRef[];
    /** What to do about it. */
    readonly advice: string;
  },
): Promise<Failure> {
  switch (end.kind) {
    case 'lost': {
      if (end.error.kind === 'not-found') {
        return {
          code: 1,
          cause: `${end.error.message} any more: it was deleted while this job waited`,
          next: 'Find out who deleted it. Apply it again, then run this job again.',
        };
      }
      const failure = toFailure(end.error, deployRules(given.workloads));
      return { next: AGAIN, ...failure, cause: `the workloads were not seen to become available: ${failure.cause}` };
    }
    case 'interrupted':
      return {
        code: 1,
        cause: 'this job was asked to end while the workloads were rolling out; the cluster goes on with it',
        details: end.all.map((seen) => `${formatWorkload(seen.ref)}: ${seen.rollout.progress}`),
        next: AGAIN,
      };
    case 'idle':
      return {
        code: 1,
        cause: `the digest is set, but it runs nowhere: ${end.all.map(({ ref }) => `${formatWorkload(ref)} ${ref.kind === 'daemonset' ? 'fits no node' : 'has 0 replicas'}`).join(', ')}`,
        next: 'Nothing was seen to run, so nothing is passed on. Scale a workload up, then run this job again.',
      };
    case 'failed':
      if (end.problem.reason === 'Changed') return reportChange(client.namespace, end);
      return {
        code: 1,
        cause: `${formatWorkload(end.seen.ref)} failed: ${causeOf(end.problem, end.seen)}`,
        details: [...(await reportProblems(client, end.seen)), ...left(end.all, [end.seen])],
        next: given.advice,
      };
    case 'timed-out': {
      const slow = end.waiting.length === 0 ? end.all : end.waiting;
      const causes = slow.map(({ ref, rollout, problems }) => {
        const why = problems[0] === undefined ? '' : `; ${problems[0].cause}`;
        return `${formatWorkload(ref)} timed out after ${given.timeout}: ${rollout.progress}${why}`;
      });
      const details: string[] = [...causes.slice(1)];
      for (const seen of slow) details.push(...(await reportProblems(client, seen)));
      return {
        code: 70,
        cause: causes[0] ?? `timed out after ${given.timeout}`,
        details: [...details, ...left(end.all, slow)],
        next: `If it only needs longer, raise --timeout. ${given.advice}`,
      };
    }
    default:
      return unreachable(end);
  }
}

/** What runs now is not the digest of this job, so nothing is told of its Pods. */
function reportChange(namespace: string, end: Extract<End, { kind: 'failed' }>): Failure {
  const name = formatWorkload(end.seen.ref);
  return {
    code: 1,
    cause: end.problem.cause,
    details: left(end.all, []),
    next: `Find out who: kubectl -n ${namespace} get ${name} -o yaml --show-managed-fields says which program wrote what, and when. Then run this job again, if this digest is to run.`,
  };
}

/** What a controller says of time alone. */
const LATE = new Set(['ProgressDeadlineExceeded', 'Degraded']);

/** With what is behind it in the Pods, where a controller only says that it took too long. */
function causeOf(problem: Problem, seen: Seen): string {
  const ofPod = seen.problems.find((one) => one.pod !== undefined);
  return LATE.has(problem.reason) && ofPod !== undefined ? `${problem.cause}: ${ofPod.cause}` : problem.cause;
}

/** Each container in trouble once per cause, not once per replica. */
async function reportProblems(client: KubernetesClient, seen: Seen): Promise<readonly string[]> {
  const told = new Map<string, number>();
  const lines: string[] = [];
  for (const problem of seen.problems) {
    const pod = seen.rollout.pods.find((one) => nameOf(one) === problem.pod);
    if (pod === undefined) continue;
    const key = `${problem.container ?? ''} ${problem.reason}`;
    const times = told.get(key) ?? 0;
    told.set(key, times + 1);
    if (times === 0 && told.size <= PODS) lines.push(...(await describe(client, pod, problem)));
  }
  for (const [key, times] of told) if (times > 1) lines.push(`and ${times - 1} more Pods with ${key.trim()}`);
  return lines;
}

async function describe(client: KubernetesClient, pod: Pod, problem: Problem): Promise<readonly string[]> {
  const container = problem.container ?? (pod.spec.nodeName === undefined ? undefined : pod.spec.containers[0]?.name);
  return reportPod(client, pod, container);
}

function left(all: readonly Seen[], told: readonly Seen[]): readonly string[] {
  return all
    .filter((seen) => !told.includes(seen))
    .map((seen) => `${formatWorkload(seen.ref)}: ${seen.rollout.progress}`);
}
