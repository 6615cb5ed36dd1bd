import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import { findMeeting } from '../../flow/meet.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const overlappingDeploys: Rule = {
  name: 'overlapping-deploys',
  group: 'delivery',
  weight: 'warning',
  summary: 'Two deployments to one environment can run at the same time.',
  why: 'Two merges within a few minutes are two pipelines that deploy side by side, and whichever ends last wins: that can be the older one, and nobody is told. Two migrations at once are worse. A serial group makes the second wait, and lets CircleCI skip it when a newer one is there.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const jobs = deliveryJobsOf(subject.model).filter(
      ({ actions, environment }) =>
        environment !== undefined && actions.some(({ kind, guarded }) => kind === 'deploy' && !guarded),
    );
    for (const job of jobs) {
      const { invocation, environment } = job;
      if (environment === undefined || serialGroupOf(job) !== undefined || isQueued(job)) continue;
      const serial = jobs.find(
        (other) =>
          other.environment?.name === environment.name &&
          isSameTarget(job, other) &&
          serialGroupOf(other) !== undefined,
      );
      const beside = jobs.find((other) => other.environment?.name === environment.name && overlaps(job, other));
      if (serial !== undefined) {
        report(
          atJob(invocation, {
            message: `"${titleOf(invocation)}" deploys to ${environment.name} outside of the serial group that "${titleOf(serial.invocation)}" uses`,
            help: `add "serial-group: ${serialGroupOf(serial)}"`,
            related: [relatedJob(serial.invocation, 'inside of it', subject)],
          }),
        );
      } else if (beside !== undefined) {
        report(
          atJob(invocation, {
            message: `"${titleOf(invocation)}" and "${titleOf(beside.invocation)}" change the same in ${environment.name}, and neither waits for the other`,
            help: 'let one require the other, or give both one "serial-group"',
            related: [relatedJob(beside.invocation, 'the other one', subject)],
          }),
        );
      } else if (environment.isProduction && jobs.find((other) => other.environment?.isProduction === true) === job) {
        report(
          atJob(invocation, {
            message: `two pipelines can run "${titleOf(invocation)}" at the same time, and the older one can be the last to deploy`,
            help: 'add "serial-group: << pipeline.project.slug >>/production"',
          }),
        );
      }
    }
  },
};

function serialGroupOf({ invocation, workflow }: DeliveryJob): string | undefined {
  if (invocation.serialGroup !== undefined) return invocation.serialGroup;
  return workflow.jobs.find(({ kind, name }) => kind === 'job-group' && name === invocation.group)?.serialGroup;
}

/** Orbs that make a job wait its turn; they came before serial groups. */
const QUEUE = /\bqueue\b|block_(?:workflow|execution)|\block(?:ing)?\b|swissknife\/|singleton|semaphore/i;

function isQueued({ invocation, workflow }: DeliveryJob): boolean {
  const before = [invocation, ...flowOf(workflow).ancestors(invocation)];
  return before.some(
    ({ reference, name, job, kind }) =>
      kind === 'lock' ||
      [reference, name, ...(job?.steps ?? []).map((step) => `${step.name} ${String(step.content['name'] ?? '')}`)].some(
        (text) => QUEUE.test(text),
      ),
  );
}

/** What a job changes: the workloads, services or releases that its steps name. */
function targetsOf({ actions }: DeliveryJob): readonly string[] {
  return actions.flatMap((one) =>
    one.kind === 'deploy' && one.target.name !== '' && !one.guarded ? [JSON.stringify([one.target, one.what])] : [],
  );
}

function isSameTarget(a: DeliveryJob, b: DeliveryJob): boolean {
  const targets = targetsOf(b);
  return a !== b && targetsOf(a).some((target) => targets.includes(target));
}

function overlaps(a: DeliveryJob, b: DeliveryJob): boolean {
  const parallel = a.workflow === b.workflow && flowOf(a.workflow).areParallel(a.invocation, b.invocation);
  return parallel && isSameTarget(a, b) && findMeeting(a, b) !== undefined;
}
