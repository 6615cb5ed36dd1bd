import { kinds } from '../kubernetes/kinds/kinds.js';
import type { KubernetesError } from '../kubernetes/kubernetes-error.js';
import type { Workload } from '../kubernetes/objects.js';
import { formatRule, type Rule } from '../kubernetes/rule.js';
import { unreachable } from '../result.js';
import { formatWorkload, type WorkloadRef } from '../workload.js';
import type { Failure } from './command.js';

/** The same for a workload that was asked for by its name. */
export function toWorkloadFailure(error: KubernetesError, rules: readonly Rule[]): Failure {
  const failure = toFailure(error, rules);
  if (error.kind !== 'not-found') return failure;
  return { ...failure, next: 'Correct its name or the namespace, or apply it once, with any image of the repository.' };
}

/**
 * A Kubernetes error as the failure of a command.
 * @param rules that the command needs, shown when one of them is missing
 */
export function toFailure(error: KubernetesError, rules: readonly Rule[] = []): Failure {
  const cause = error.message;
  switch (error.kind) {
    case 'access':
      return { code: 1, cause, ...(error.next === undefined ? {} : { next: error.next }) };
    case 'unreachable':
      return {
        code: 1,
        cause,
        next: 'Check that the API server can be reached from this job, then run the job again.',
      };
    case 'unauthorized':
      return {
        code: 1,
        cause,
        next: 'Check that the token is not expired; on EKS, that the role has an access entry in this cluster.',
      };
    case 'forbidden':
      return {
        code: 1,
        cause,
        ...(rules.length === 0
          ? {}
          : {
              details: [
                'rules that this command needs, in a Role of the namespace:',
                ...rules.map((rule) => `  - ${formatRule(rule)}`),
              ],
            }),
        next: `Add the rule to a Role that is bound to "${error.user}".`,
      };
    case 'refused':
    case 'not-found':
    case 'conflict':
    case 'expired':
    case 'invalid':
    case 'other':
      return { code: 1, cause };
    default:
      return unreachable(error);
  }
}

/** What a cluster that is being repaired answers for a while. */
export function isPassing(error: KubernetesError): boolean {
  return ['unreachable', 'expired', 'other'].includes(error.kind);
}

/** What would keep a change of a workload from its Pods, as the failure of a command; undefined where nothing would. */
export function findObstacle(ref: WorkloadRef, workload: Workload, namespace: string): Failure | undefined {
  const obstacle = kinds[ref.kind].findObstacle(workload, namespace);
  return obstacle && { code: 1, ...obstacle, cause: `${formatWorkload(ref)} ${obstacle.cause}` };
}
