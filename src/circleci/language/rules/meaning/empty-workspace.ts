import { quote } from '../../../../diagnostic/quote.js';
import type { Invocation } from '../../model.js';
import { graphOf } from '../graph.js';
import { Places } from '../places.js';
import type { Rule } from '../rule.js';

export const emptyWorkspace: Rule = {
  name: 'empty-workspace',
  group: 'meaning',
  weight: 'warning',
  summary: 'A workspace that is attached before anything was put into it.',
  why: 'The job finds nothing there and fails, or goes on without what it was to have.',
  source: 'https://circleci.com/docs/guides/orchestrate/workspaces/',
  check: ({ model }, report) => {
    const places = new Places();
    for (const workflow of model.workflows) {
      const graph = graphOf(workflow);
      for (const invocation of workflow.jobs) {
        const step = invocation.job?.steps.find(({ name }) => name === 'attach_workspace');
        if (step === undefined || step.place.source !== model.source) continue;
        const earlier = [...graph.before(invocation)];
        if (earlier.some(mayPersist) || mayPersist(invocation)) continue;
        const message = `in the workflow ${quote(workflow.name)} no job before ${quote(invocation.name)} puts anything into the workspace`;
        places.add(step.place.path, message);
      }
    }
    for (const { path, message, others } of places.all()) {
      const more = others === 0 ? '' : `, nor before ${others} ${others === 1 ? 'other' : 'others'}`;
      report({ path, message: message + more, help: 'require the job that has "persist_to_workspace"' });
    }
  },
};

/** Whether a job puts something into the workspace, or has steps that are not known. */
function mayPersist({ kind, job, overrideWith }: Invocation): boolean {
  if (kind === 'opaque' || kind === 'unknown' || overrideWith !== undefined) return true;
  return job?.steps.some(({ name, opaque }) => opaque || name === 'persist_to_workspace') ?? false;
}
