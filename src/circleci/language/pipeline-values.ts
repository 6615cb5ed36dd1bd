import type { ScalarType } from './expressions/expression.js';

/** Values that CircleCI gives every pipeline and that are no strings ("Pipeline values and parameters"). */
const TYPES: Readonly<Record<string, ScalarType>> = {
  'pipeline.number': 'number',
  'pipeline.git.branch.is_default': 'boolean',
  'pipeline.event.github.pull_request.number': 'number',
  'pipeline.event.github.pull_request.draft': 'boolean',
  'pipeline.event.github.pull_request.merged': 'boolean',
  'pipeline.trigger_parameters.github_app.forced': 'boolean',
  'pipeline.trigger_parameters.github_app.pull_request_draft': 'boolean',
  'pipeline.trigger_parameters.github_app.pull_request_merged': 'boolean',
  'pipeline.trigger_parameters.gitlab.is_fork_merge_request': 'boolean',
};

/** Values whose type is not told by CircleCI's pages, so that nothing is said about it. */
const OF_ANY_TYPE = /^pipeline\.(?:trigger_parameters|vcs)\.|_id$/;

/** The type of a pipeline value; undefined when it is not known. */
export function typeOfPipelineValue(name: string): ScalarType | undefined {
  return TYPES[name] ?? (OF_ANY_TYPE.test(name) ? undefined : 'string');
}

/** What starts a pipeline. */
export const EVENTS = ['push', 'tag', 'pull_request', 'schedule', 'api', 'webhook'] as const;
export type Event = (typeof EVENTS)[number];

/** What is known of the pipeline values when the event is, and nothing else. */
export function valuesOfEvent(event: Event): Readonly<Record<string, unknown>> {
  const source = { schedule: 'scheduled_pipeline', api: 'api' }[event as string] ?? 'webhook';
  const common = { 'pipeline.trigger_source': source };
  // "The value will be empty string if the pipeline is triggered by other sources."
  const unscheduled = { 'pipeline.schedule.name': '', 'pipeline.schedule.id': '' };
  switch (event) {
    case 'push':
      return {
        ...common,
        ...unscheduled,
        'pipeline.event.name': 'push',
        'pipeline.event.action': 'push',
        'pipeline.git.tag': '',
      };
    case 'tag':
      return {
        ...common,
        ...unscheduled,
        'pipeline.event.name': 'push',
        'pipeline.event.action': 'push',
        'pipeline.git.branch': '',
      };
    case 'pull_request':
      return { ...common, ...unscheduled, 'pipeline.event.name': 'pull_request', 'pipeline.git.tag': '' };
    case 'schedule':
      return { ...common, 'pipeline.event.name': 'schedule', 'pipeline.trigger.type': 'schedule' };
    case 'api':
      return { ...common, ...unscheduled, 'pipeline.event.name': 'api' };
    case 'webhook':
      return { ...common, ...unscheduled, 'pipeline.trigger.type': 'webhook' };
  }
}
