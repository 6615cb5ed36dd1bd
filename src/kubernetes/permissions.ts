import type { Rule } from './rule.js';

/**
 * The rules of a Role in the namespace of the workloads, as few as the command can do with. The end-to-end tests run as
 * a user who has exactly these.
 */

/** `build-once deploy`: looks at Deployments and their Pods, patches Deployments, reads logs and events for its report. */
export const deployRules: readonly Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
];

/** `build-once run-migration`: reads a Deployment's Pod template, makes a Job, follows its Pod's log. */
export const migrationRules: readonly Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
];
