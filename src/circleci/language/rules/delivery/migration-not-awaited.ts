import type { Action } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import { findMeeting } from '../../flow/meet.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace, relatedAction, titleOf } from './finding.js';

export const migrationNotAwaited: Rule = {
  name: 'migration-not-awaited',
  group: 'delivery',
  weight: 'warning',
  summary: 'A version is deployed while the migration that it needs still runs, or has failed.',
  why: 'Whether the schema is there when the new version starts is a matter of luck, and a migration that fails stops nothing: the job that started it is green as soon as it is started.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model);
    for (const job of jobs) {
      for (const migration of job.actions) {
        if (migration.kind !== 'migrate' || migration.guarded) continue;
        const deployment = migration.awaited === false ? findNext(job, migration) : undefined;
        if (deployment !== undefined) {
          report(
            atAction(migration, {
              message: `"${migration.what}" starts a migration, and "${deployment.what}" deploys without waiting for its end`,
              help: 'wait for it and read its exit code: "kubectl wait" for a Job, "aws ecs wait tasks-stopped" and "describe-tasks" for a task',
              related: [relatedAction(deployment, 'the deployment', subject)],
            }),
          );
        }
        const beside = findBeside(job, jobs);
        if (beside === undefined) continue;
        report(
          atAction(migration, {
            message: `"${titleOf(job.invocation)}" migrates the database while "${titleOf(beside.invocation)}" deploys: neither waits for the other`,
            help: `let "${titleOf(beside.invocation)}" require "${titleOf(job.invocation)}"`,
          }),
        );
      }
    }
  },
};

/** The deployment that follows in the same job, where nothing is waited for in between. */
function findNext({ actions }: DeliveryJob, migration: Action): Action | undefined {
  const next = actions.slice(actions.indexOf(migration) + 1).find(({ kind }) => kind === 'deploy' || kind === 'wait');
  return next?.kind === 'deploy' && next.awaited !== undefined && !next.guarded ? next : undefined;
}

/** A job that deploys to the same environment at the same time. */
function findBeside(job: DeliveryJob, jobs: readonly DeliveryJob[]): DeliveryJob | undefined {
  if (job.deploys || job.environment === undefined) return undefined;
  return jobs.find(
    (other) =>
      other.workflow === job.workflow &&
      other.environment?.name === job.environment?.name &&
      other.actions.some(({ kind, guarded }) => kind === 'deploy' && !guarded) &&
      flowOf(job.workflow).areParallel(job.invocation, other.invocation) &&
      findMeeting(job, other) !== undefined,
  );
}
