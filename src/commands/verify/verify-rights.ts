import { findMissingRules, findUser } from '../../kubernetes/access-review.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { isHelpful } from '../../kubernetes/permissions.js';
import type { Resource } from '../../kubernetes/resources.js';
import { covers, formatRule, mergeRules, type Rule } from '../../kubernetes/rule.js';
import type { Failure } from '../command.js';
import type { Findings } from './findings.js';

export interface Rights extends Findings {
  /** Whether the user may; true also where the cluster did not say. */
  has(verb: string, resource: Resource<unknown>): boolean;
}

/**
 * Asks the cluster for every right that a command needs, so that all that are missing are told at once.
 * @param indispensable those of the rules without which it cannot go on, also where they would otherwise only help
 */
export async function verifyRights(
  client: KubernetesClient,
  rules: readonly Rule[],
  indispensable: readonly Rule[] = [],
): Promise<Rights> {
  const missing = await findMissingRules(client, rules);
  const single = missing.flatMap((rule) => rule.verbs.map((verb) => ({ ...rule, verbs: [verb] })));
  const user = missing.length === 0 ? undefined : await findUser(client);
  const who = user === undefined ? 'the user of this job' : `user "${user}"`;
  const needed = single.filter((rule) => !isHelpful(rule) || indispensable.some((one) => covers(one, rule)));
  const problems = needed.length === 0 ? [] : [refusal(who, client.namespace, needed, missing)];
  const warnings =
    single.length === needed.length ? [] : [`${who} may not ${listRights(single)}; this goes on without`];
  return {
    problems,
    warnings,
    verified: [],
    unverified: [],
    has: (verb, { group, plural }) =>
      !single.some((rule) => covers(rule, { apiGroups: [group], resources: [plural], verbs: [verb] })),
  };
}

function refusal(who: string, namespace: string, needed: readonly Rule[], missing: readonly Rule[]): Failure {
  const [rule, second] = needed;
  const what = rule !== undefined && second === undefined ? `the rule ${formatRule(rule)}` : 'all of the rules below';
  return {
    code: 1,
    cause: `${who} may not ${listRights(needed)} in namespace "${namespace}": no Role bound to it has ${what}`,
    details: [
      'what is missing, as a Role:',
      ...['apiVersion: rbac.authorization.k8s.io/v1', 'kind: Role'],
      `metadata: {name: circleci-deploy, namespace: ${namespace}}`,
      'rules:',
      ...mergeRules(missing).map((one) => `  - ${formatRule(one)}`),
    ],
    next: `Add the rules to a Role that is bound to ${who}; gen-config companions writes one with all that the jobs need.`,
  };
}

/** `get deployments.apps, list pods`. */
function listRights(rules: readonly Rule[]): string {
  return rules
    .map(({ apiGroups: [group = ''], resources: [resource = ''], verbs: [verb = ''] }) =>
      group === '' ? `${verb} ${resource}` : `${verb} ${resource}.${group}`,
    )
    .join(', ');
}
