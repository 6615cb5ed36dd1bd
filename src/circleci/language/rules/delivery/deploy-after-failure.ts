import { deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const deployAfterFailure: Rule = {
  name: 'deploy-after-failure',
  group: 'delivery',
  weight: 'warning',
  summary: 'A deployment starts whether what it requires has passed or failed.',
  why: 'With a list of statuses, or with "terminal", a failed job lets the ones behind it start as a passed one does. A version whose tests have failed is deployed, and the red job beside it changes nothing.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const { invocation, workflow, deploys } of deliveryJobsOf(subject.model)) {
      if (!deploys) continue;
      const loose = flowOf(workflow)
        .edges(invocation)
        .find(({ job, requirement: { statuses } }) => {
          return job.kind !== 'approval' && statuses.includes('success') && statuses.includes('failed');
        });
      if (loose === undefined) continue;
      report(
        atJob(invocation, {
          message: `"${titleOf(invocation)}" deploys when "${titleOf(loose.job)}" has failed, too`,
          help: `require "${titleOf(loose.job)}" without a status, or leave it out of "requires" if it does not matter`,
          related: [relatedJob(loose.job, 'what may have failed', subject)],
        }),
      );
    }
  },
};
