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
