import type { WorkloadKindName, WorkloadRef } from '../workload.js';
import { kinds } from './kinds/kinds.js';
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

/** Whether a command goes on without this right of one verb. */
export function isHelpful({ resources, verbs }: Rule): boolean {
  // Who may not watch has it read again and again.
  if (verbs[0] === 'watch') return true;
  return HELPFUL.some((one) => one.resources[0] === resources[0] && one.verbs[0] === verbs[0]);
}

/** What may be given beyond that: whether objects that a Pod refers to are there is known before anything is changed. */
export const referenceRules: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps', 'persistentvolumeclaims'], verbs: ['get'] },
];

/** `build-once deploy`: watches the workloads and their Pods, patches the workloads, reads logs and events for its report. */
export function deployRules(workloads: readonly Pick<WorkloadRef, 'kind'>[]): readonly Rule[] {
  const used = [...new Set(workloads.map(({ kind }) => kind))];
  return mergeRules([
    ...used.map((kind) => workloadRule(kind, ['get', 'watch', 'patch'])),
    ...used.flatMap((kind) => {
      const { revisions } = kinds[kind];
      return revisions === undefined
        ? []
        : [{ apiGroups: [revisions.group], resources: [revisions.plural], verbs: ['list', 'watch'] }];
    }),
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ...HELPFUL,
    { apiGroups: [''], resources: ['events'], verbs: ['watch'] },
  ]);
}

/** `build-once run-migration`: makes a Job, follows its Pod's log. */
export const migrationRules: readonly Rule[] = mergeRules([
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
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
