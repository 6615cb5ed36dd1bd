import { deliveryJobsOf } from '../../actions/deliveries.js';
import { type Edge, flowOf } from '../../flow/flow.js';
import type { Invocation } from '../../model.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const holdSkippedByStatus: Rule = {
  name: 'hold-skipped-by-status',
  group: 'delivery',
  weight: 'error',
  summary: 'A deployment may start when its approval was not given.',
  why: 'With a list of statuses, or with "terminal", a job also starts when what it requires was canceled or never ran. An approval ends that way when something before it fails, so a failed test is enough to deploy without anyone\'s approval.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const { invocation, workflow, deploys } of deliveryJobsOf(subject.model)) {
      const flow = flowOf(workflow);
      if (!deploys) continue;
      // Another requirement that insists on its approval holds the job all the same.
      const edges = flow.edges(invocation);
      const leads = (edge: Edge) => edge.job.kind === 'approval' || flow.approvals(edge.job).length > 0;
      const loose = edges.find((edge) => leads(edge) && startsUnapproved(edge));
      if (loose === undefined || edges.some((edge) => leads(edge) && !startsUnapproved(edge))) continue;
      const approval = loose.job.kind === 'approval' ? loose.job : flow.approvals(loose.job)[0];
      if (approval === undefined) continue;
      report(
        atJob(invocation, {
          message: describe(invocation, loose, approval),
          help: `require "${titleOf(loose.job)}" without a status: only success lets the job start`,
          related: [relatedJob(approval, 'the approval', subject)],
        }),
      );
    }
  },
};

/** A job behind an approval that was not given has not run; an approval itself can also be canceled. */
function startsUnapproved({ job, requirement: { statuses } }: Edge): boolean {
  const without =
    job.kind === 'approval' ? statuses.some((status) => status !== 'success') : statuses.includes('not_run');
  return without && statuses.includes('success');
}

function describe(job: Invocation, { job: required, requirement: { statuses } }: Edge, approval: Invocation): string {
  if (required !== approval) {
    return `"${titleOf(job)}" also starts when "${titleOf(required)}" has not run, and so without the approval "${approval.name}"`;
  }
  const others = statuses.filter((status) => status !== 'success').map((status) => `"${status}"`);
  return `"${titleOf(job)}" starts without the approval "${approval.name}", too: it accepts ${others.join(', ')}`;
}
