import type { WorkloadKindName, WorkloadRef } from '../workload.js';
import { kinds } from './kinds/kinds.js';
import type { Resource } from './resources.js';
import { mergeRules, type Rule } from './rule.js';

/**
 * The rules of a Role in the namespace of the workloads, as few as the command can do with. The end-to-end tests run as
 * a user who has exactly these.
 */

/** Of a Pod in a dry run: what quotas and policies say of it is known before anything is changed. Nothing is made. */
export const tryPodRule: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['create'] };

/** What both commands can do without; they know less then. */
const HELPFUL: readonly Rule[] = [
  tryPodRule,
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
];

/** To note on the Job that the migration is done, and to end its Pod where a container that was injected into it never ends. */
const AFTER_MIGRATION: readonly Rule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
];

/** Of a kind that waits for a broken Pod before it replaces it: deletes it when something else is rolled out. */
const freePodRule: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['delete'] };

/** Whether a command goes on without this right of one verb. */
export function isHelpful({ resources, verbs }: Rule): boolean {
  // Who may not watch has it read again and again.
  if (verbs[0] === 'watch') return true;
  const helpful = [...HELPFUL, ...AFTER_MIGRATION, freePodRule];
  return helpful.some((one) => one.resources[0] === resources[0] && one.verbs[0] === verbs[0]);
}

/** What may be given beyond that: whether objects that a Pod refers to are there is known before anything is changed. */
export const referenceRules: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps', 'persistentvolumeclaims'], verbs: ['get'] },
];

/**
 * `build-once deploy` and `rollback`: watch the workloads and their Pods, patch the workloads, read logs and events for the
 * report.
 */
export function deployRules(workloads: readonly Pick<WorkloadRef, 'kind'>[]): readonly Rule[] {
  const used = [...new Set(workloads.map(({ kind }) => kind))];
  return mergeRules([
    ...used.map((kind) => workloadRule(kind, ['get', 'watch', 'patch'])),
    ...used.flatMap((kind) => revisionRules(kind, ['list', 'watch'])),
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ...(used.some((kind) => kinds[kind].waitsForBrokenPods) ? [freePodRule] : []),
    ...HELPFUL,
    { apiGroups: [''], resources: ['events'], verbs: ['watch'] },
  ]);
}

/** What it takes to apply an object that may be there or not, and to look at it before. */
export const APPLYING: readonly string[] = ['get', 'patch', 'create'];

/** `build-once deploy --manifests`: looks at the objects of the manifests, and applies them whether they are there or not. */
export function manifestRules(resources: readonly Pick<Resource<unknown>, 'group' | 'plural'>[]): readonly Rule[] {
  return mergeRules(
    resources.map(({ group, plural }) => {
      return { apiGroups: [group], resources: [plural], verbs: APPLYING };
    }),
  );
}

/** `build-once status` and `gen-config status`: read the workloads and their Pods. */
export function statusRules(workloads: readonly Pick<WorkloadRef, 'kind'>[]): readonly Rule[] {
  const used = [...new Set(workloads.map(({ kind }) => kind))];
  return mergeRules([
    ...used.map((kind) => workloadRule(kind, ['get'])),
    ...used.flatMap((kind) => revisionRules(kind, ['list'])),
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  ]);
}

/**
 * `build-once run-migration`: holds the lock (a Lease), makes a Job, watches its Pod and follows its log, and notes on the Job
 * that the migration is done. Where a container that was injected into the Pod never ends, it ends the Pod.
 */
export const migrationRules: readonly Rule[] = mergeRules([
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'patch', 'delete'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'patch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] },
  ...HELPFUL,
]);

/** And reads the Pod template of this workload. */
export function templateRules({ kind }: Pick<WorkloadRef, 'kind'>): readonly Rule[] {
  return [workloadRule(kind, ['get'])];
}

function workloadRule(kind: WorkloadKindName, verbs: readonly string[]): Rule {
  const { resource } = kinds[kind];
  return { apiGroups: [resource.group], resources: [resource.plural], verbs };
}

function revisionRules(kind: WorkloadKindName, verbs: readonly string[]): readonly Rule[] {
  const { revisions } = kinds[kind];
  return revisions === undefined ? [] : [{ apiGroups: [revisions.group], resources: [revisions.plural], verbs }];
}
