import type { KubernetesClient } from '../../kubernetes/client.js';
import { type LookedFor, lookFor } from '../../kubernetes/look-for.js';
import type { PodSpec } from '../../kubernetes/objects.js';
import { findPullSecrets, findReferences } from '../../kubernetes/references.js';
import { unreachable } from '../../result.js';
import type { Failure } from '../command.js';
import type { Findings } from './findings.js';

/**
 * Whether the objects are there that a Pod refers to, as far as the user may get them.
 * @param name who makes the Pod: `deployment/web`
 */
export async function verifyReferences(client: KubernetesClient, name: string, spec: PodSpec): Promise<Findings> {
  const [needed, pull] = await Promise.all([
    lookFor(client, findReferences(spec)),
    lookFor(client, findPullSecrets(spec)),
  ]);
  return {
    problems: needed.flatMap((one) => explain(one, name, client.namespace)),
    // The node may have a login of its own, and starts the Pod then.
    warnings: list(pull, 'absent').map((object) => `${name}: there is no ${object}, which its imagePullSecrets name`),
    verified: list(needed, 'there'),
    unverified: list(needed, 'unknown'),
  };
}

function list(all: readonly LookedFor[], found: LookedFor['found']): readonly string[] {
  return all.filter((one) => one.found === found).map(({ reference: { kind, name } }) => `${kind} ${name}`);
}

function explain({ reference, found }: LookedFor, workload: string, namespace: string): readonly Failure[] {
  const { kind, name, key, by } = reference;
  switch (found) {
    case 'absent':
      return [
        {
          code: 1,
          cause: `${workload}: there is no ${kind} "${name}" in namespace "${namespace}", which its ${by} needs`,
          next: `Apply the ${kind}, then run this job again.`,
        },
      ];
    case 'no such key':
      return [
        {
          code: 1,
          cause: `${workload}: the ${kind} "${name}" has no key "${key}", which its ${by} needs`,
          next: 'Add the key, then run this job again.',
        },
      ];
    case 'there':
    case 'unknown':
      return [];
    default:
      return unreachable(found);
  }
}
