import type { Action } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace, relatedAction } from './finding.js';

export const migrationAfterDeploy: Rule = {
  name: 'migration-after-deploy',
  group: 'delivery',
  weight: 'warning',
  summary: 'The database is migrated after the version that needs the migration is deployed.',
  why: 'Until the migration is done, the new version runs against the old schema: requests fail for as long as it takes, and for good when it fails. Run it first, and write it so that the version before still works.',
  source: 'https://martinfowler.com/bliki/ParallelChange.html',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model);
    for (const job of jobs) {
      const migration = job.actions.find(({ kind, guarded }) => kind === 'migrate' && !guarded);
      const deployment = migration === undefined ? undefined : findEarlierDeployment(job, migration, jobs);
      if (migration === undefined || deployment === undefined) continue;
      report(
        atAction(migration, {
          message: `"${migration.what}" migrates the database after "${deployment.what}" has deployed the version that needs it`,
          help: 'migrate first, with the new image, and deploy when that has succeeded',
          related: [relatedAction(deployment, 'the deployment', subject)],
        }),
      );
    }
  },
};

/** The deployment in front of the first migration: in the same job, else in a job of the same environment. */
function findEarlierDeployment(job: DeliveryJob, migration: Action, jobs: readonly DeliveryJob[]): Action | undefined {
  const before = job.actions.slice(0, job.actions.indexOf(migration));
  // What is applied by the file may be what the migration itself needs.
  const own = before.find((one) => one.kind === 'deploy' && one.awaited !== undefined && !one.guarded);
  if (own !== undefined || job.deploys) return own;
  const ancestors = flowOf(job.workflow).ancestors(job.invocation);
  const earlier = jobs.filter(
    ({ workflow, invocation, environment }) =>
      workflow === job.workflow &&
      ancestors.has(invocation) &&
      environment !== undefined &&
      environment.name === job.environment?.name,
  );
  if (earlier.some(({ actions }) => actions.some(({ kind }) => kind === 'migrate'))) return undefined;
  return earlier
    .flatMap(({ actions }) => actions)
    .find((one) => one.kind === 'deploy' && one.awaited !== undefined && !one.guarded);
}
