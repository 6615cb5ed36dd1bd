import type { Environment } from '../delivery/delivery.js';
import { deployRules, migrationRules, templateRules } from '../kubernetes/permissions.js';
import { mergeRules, type Rule } from '../kubernetes/rule.js';
import { parseWorkloads, type WorkloadRef } from '../workload.js';
import { stringifyYaml } from '../yaml/stringify.js';

/** What the rights of an environment's jobs depend on. */
type Deployed = Pick<Environment, 'job' | 'target' | 'migration'>;

/**
 * The Kubernetes group that the role of an environment is in. The namespace is part of it, so that two applications in
 * one cluster do not get each other's rights.
 */
export function groupOf({ job, target }: Deployed): string {
  return `circleci:${target.namespace}:${job}`;
}

/** Path of the file, from the folder of the companions. */
export function manifestFile({ job }: Deployed): string {
  return `kubernetes/${job}.yaml`;
}

/** Name of the Role, the RoleBinding and the ServiceAccount of an environment. */
export function objectName({ job }: Deployed): string {
  return `circleci-${job.replaceAll('_', '-')}`;
}

/**
 * What an environment's jobs may do in its namespace, and who they are there: on EKS the group of an access entry, in any
 * other cluster a ServiceAccount.
 * @param group the group to bind in place of these
 * @param more rules beside those that the workloads and the migration need
 * @returns YAML of one or more objects
 */
export function makeManifests(environment: Deployed, group: string | undefined, more: readonly Rule[] = []): string {
  const { target } = environment;
  const metadata = { name: objectName(environment), namespace: target.namespace };
  const rules = mergeRules([...rulesOf(environment), ...more]);
  const api = 'rbac.authorization.k8s.io';
  const bound = target.access.kind === 'eks' ? (group ?? groupOf(environment)) : group;
  const subject =
    bound === undefined ? { kind: 'ServiceAccount', ...metadata } : { apiGroup: api, kind: 'Group', name: bound };
  const objects = [
    ...(bound === undefined ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }] : []),
    { apiVersion: `${api}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${api}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: api, kind: 'Role', name: metadata.name },
      subjects: [subject],
    },
  ];
  return objects.map((one) => stringifyYaml(one)).join('---\n');
}

function rulesOf({ target, migration }: Deployed): readonly Rule[] {
  const deployed = deployRules(workloadsIn(target.workloads));
  if (migration === undefined) return deployed;
  const { workload, manifest } = migration;
  const read = workload === undefined || manifest !== undefined ? [] : workloadsIn([workload]).flatMap(templateRules);
  return mergeRules([...deployed, ...read, ...migrationRules]);
}

/** What the spec has checked. */
function workloadsIn(texts: readonly string[]): readonly WorkloadRef[] {
  const refs = parseWorkloads(texts.join(','));
  if (!refs.ok) throw new Error(refs.error.join('; '));
  return refs.value;
}
