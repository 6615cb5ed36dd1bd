import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import { findMeeting } from '../../flow/meet.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const productionWithoutHold: Rule = {
  name: 'production-without-hold',
  group: 'delivery',
  weight: 'warning',
  summary:
    'Of two invocations of one job that deploy to production in a workflow, one waits for an approval and one does not.',
  why: 'The one that does not wait starts as soon as what it requires has passed. Part of production then runs a version that nobody has approved, and whoever is asked for the approval believes that nothing has happened yet.',
  source: 'https://circleci.com/docs/guides/orchestrate/workflows/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model).filter(
      ({ deploys, environment }) => deploys && environment?.isProduction,
    );
    for (const job of jobs) {
      if (flowOf(job.workflow).approvals(job.invocation).length > 0) continue;
      const held = jobs.find(
        (other) => isTwin(job, other) && approvalOf(other) !== undefined && findMeeting(job, other) !== undefined,
      );
      const approval = held === undefined ? undefined : approvalOf(held);
      if (held === undefined || approval === undefined) continue;
      report(
        atJob(job.invocation, {
          message: `"${titleOf(job.invocation)}" deploys to production without an approval; "${titleOf(held.invocation)}", the same job, waits for "${approval.name}"`,
          help: `require "${approval.name}" here too`,
          related: [relatedJob(held.invocation, 'the one that waits', subject)],
        }),
      );
    }
  },
};

function approvalOf({ workflow, invocation }: DeliveryJob) {
  return flowOf(workflow).approvals(invocation)[0];
}

/** The same job, in the same workflow, and not a first part of production that the approval comes after. */
function isTwin(a: DeliveryJob, b: DeliveryJob): boolean {
  const same = a.workflow === b.workflow && a.invocation.reference === b.invocation.reference;
  return same && flowOf(a.workflow).areParallel(a.invocation, b.invocation);
}
