import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { wordsOf } from '../../actions/environment-of.js';
import { flowOf } from '../../flow/flow.js';
import { findMeeting } from '../../flow/meet.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const productionBesideStaging: Rule = {
  name: 'production-beside-staging',
  group: 'delivery',
  weight: 'warning',
  summary: 'Production is deployed without waiting for the staging deployment of the same workflow.',
  why: 'Both start at once, so staging proves nothing: a version that breaks staging breaks production in the same minute.',
  source: 'https://circleci.com/docs/guides/orchestrate/workflows/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model).filter(({ deploys }) => deploys);
    for (const job of jobs) {
      if (job.environment?.isProduction !== true || flowOf(job.workflow).approvals(job.invocation).length > 0) continue;
      const staging = jobs.find((other) => isStagingOf(other, job) && findMeeting(job, other) !== undefined);
      if (staging === undefined) continue;
      report(
        atJob(job.invocation, {
          message: `"${titleOf(job.invocation)}" does not wait for "${titleOf(staging.invocation)}", and no approval holds it back`,
          help: `require "${titleOf(staging.invocation)}", or a test that runs behind it`,
          related: [relatedJob(staging.invocation, 'runs at the same time', subject)],
        }),
      );
    }
  },
};

/** Whether the one is for staging what the other is for production: by their names, which differ in nothing else. */
function isStagingOf(one: DeliveryJob, production: DeliveryJob): boolean {
  if (one.workflow !== production.workflow || one.environment?.name !== 'staging') return false;
  const flow = flowOf(production.workflow);
  return (
    nameWithoutEnvironment(one) === nameWithoutEnvironment(production) &&
    flow.areParallel(one.invocation, production.invocation)
  );
}

const ENVIRONMENT = /^(?:staging|stage|stg|stag|production|prod|prd)$/;

function nameWithoutEnvironment({ invocation }: DeliveryJob): string {
  return wordsOf(invocation.name)
    .map((word) => (ENVIRONMENT.test(word) ? '*' : word))
    .join('-');
}
