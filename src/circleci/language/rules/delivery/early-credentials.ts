import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { environmentsIn, wordsOf } from '../../actions/environment-of.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const earlyCredentials: Rule = {
  name: 'early-credentials',
  group: 'delivery',
  weight: 'warning',
  summary: 'A job gets the credentials of production before the approval that they are there for.',
  why: 'An approval protects what the jobs behind it can do. A job in front of it that holds the same context runs the code of a commit that nobody has approved yet, with all that is needed to change production: a line in a build script is enough to go round the approval.',
  source: 'https://circleci.com/docs/guides/security/contexts/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model);
    for (const job of jobs) {
      if (!runsCodeOfItsOwn(job)) continue;
      for (const context of job.invocation.contexts.filter(isOfProduction)) {
        const later = jobs.find(
          (other) => isBehindApprovalAfter(job, other) && other.invocation.contexts.includes(context),
        );
        const approval = later === undefined ? undefined : approvalBetween(job, later);
        if (later === undefined || approval === undefined) continue;
        report(
          atJob(job.invocation, {
            message: `"${titleOf(job.invocation)}" holds the context "${context}" before "${approval.name}" is approved`,
            help: 'give it a context of its own, with no more than it needs, and keep this one for the jobs behind the approval',
            related: [
              relatedJob(approval, 'the approval', subject),
              relatedJob(later.invocation, 'a job that it is there for', subject),
            ],
          }),
        );
      }
    }
  },
};

function isOfProduction(context: string): boolean {
  const names = environmentsIn(context);
  return names.size === 1 && names.has('production');
}

/** A plan needs to read what it plans for. What deploys, or only tells, is not what this is about. */
const LOOKING = /^(?:plan|diff|preview|status|verify|validate|notify|dry|dryrun|drift|show|slack)$/;

function runsCodeOfItsOwn({ invocation, deploys, workflow, actions }: DeliveryJob): boolean {
  if (invocation.kind === 'approval' || deploys || flowOf(workflow).approvals(invocation).length > 0) return false;
  if (wordsOf(invocation.name).some((word) => LOOKING.test(word))) return false;
  // What is named for production, a backup of it for one, is there for it.
  if (environmentsIn(invocation.name).has('production')) return false;
  return (
    actions.some(({ kind }) => kind === 'build') ||
    invocation.job?.steps.some(({ name }) => name === 'checkout') === true
  );
}

function isBehindApprovalAfter(job: DeliveryJob, other: DeliveryJob): boolean {
  return other.workflow === job.workflow && other.deploys && approvalBetween(job, other) !== undefined;
}

function approvalBetween(job: DeliveryJob, later: DeliveryJob) {
  const flow = flowOf(job.workflow);
  return flow.approvals(later.invocation).find((approval) => flow.ancestors(approval).has(job.invocation));
}
