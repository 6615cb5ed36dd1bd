import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atJob, titleOf } from './finding.js';

export const idleHold: Rule = {
  name: 'idle-hold',
  group: 'delivery',
  weight: 'warning',
  summary: 'An approval that no job requires.',
  why: 'It holds nothing back: every job runs whether it is approved or not. It looks like a gate, and it keeps the workflow on hold until somebody clicks it.',
  source: 'https://circleci.com/docs/guides/orchestrate/workflows/',
  check: ({ model }, report) => {
    for (const workflow of model.workflows) {
      const flow = flowOf(workflow);
      const required = new Set(workflow.jobs.flatMap((job) => flow.edges(job).map((edge) => edge.job)));
      for (const job of workflow.jobs) {
        if (job.kind !== 'approval' || required.has(job)) continue;
        // A job that was made an approval by mistake is another rule's.
        if (model.definitions.some(({ kind, name }) => kind === 'jobs' && name === job.reference)) continue;
        report(
          atJob(job, {
            message: `nothing requires the approval "${titleOf(job)}", so it holds nothing back`,
            help: 'add it to the "requires" of the job that is to wait for it, or remove it',
          }),
        );
      }
    }
  },
};
