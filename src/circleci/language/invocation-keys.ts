/** Keys of a job in a workflow that are no parameters of the job ("jobs" below "workflows"). */
export const INVOCATION_KEYS: ReadonlySet<string> = new Set([
  'name',
  'requires',
  'context',
  'type',
  'filters',
  'serial-group',
  'matrix',
  'pre-steps',
  'post-steps',
  'override-with',
]);
