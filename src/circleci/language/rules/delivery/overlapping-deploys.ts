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
    const jobs = deliveryJobsOf(subject.model).flatMap(deployerOf);
    const byTarget = new Map<string, Deployer[]>();
    for (const job of jobs) {
      for (const target of job.targets) byTarget.set(target, [...(byTarget.get(target) ?? []), job]);
    }
    for (const one of jobs) {
      const { invocation, environment } = one.job;
      if (one.serialGroup !== undefined || isQueued(one.job)) continue;
      const others = [...one.targets].flatMap((target) => byTarget.get(target) ?? []).filter((other) => other !== one);
      const serial = others.find(({ serialGroup }) => serialGroup !== undefined);
      const beside = others.find((other) => runBeside(one.job, other.job));
      if (serial !== undefined) {
        report(
          atJob(invocation, {
            message: `"${titleOf(invocation)}" deploys to ${environment?.name} outside of the serial group that "${titleOf(serial.job.invocation)}" uses`,
            help: `add "serial-group: ${serial.serialGroup}"`,
            related: [relatedJob(serial.job.invocation, 'inside of it', subject)],
          }),
        );
      } else if (beside !== undefined) {
        report(
          atJob(invocation, {
            message: `"${titleOf(invocation)}" and "${titleOf(beside.job.invocation)}" change the same in ${environment?.name}, and neither waits for the other`,
            help: 'let one require the other, or give both one "serial-group"',
            related: [relatedJob(beside.job.invocation, 'the other one', subject)],
          }),
        );
      } else if (one === jobs.find(({ job }) => job.environment?.isProduction)) {
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

/** A job that deploys to an environment that is known. */
interface Deployer {
  readonly job: DeliveryJob;
  readonly serialGroup: string | undefined;
  /** What it changes: the workloads, services or releases that its steps name, each with its environment. */
  readonly targets: ReadonlySet<string>;
}

function deployerOf(job: DeliveryJob): readonly Deployer[] {
  const deployments = job.actions.flatMap((one) => (one.kind === 'deploy' && !one.guarded ? [one] : []));
  if (job.environment === undefined || deployments.length === 0) return [];
  const named = deployments.filter(({ target }) => target.name !== '');
  const targets = new Set(named.map(({ target, what }) => JSON.stringify([job.environment?.name, target, what])));
  return [{ job, serialGroup: serialGroupOf(job), targets }];
}

function serialGroupOf({ invocation, workflow }: DeliveryJob): string | undefined {
  if (invocation.serialGroup !== undefined || invocation.group === undefined) return invocation.serialGroup;
  return workflow.jobs.find(({ kind, name }) => kind === 'job-group' && name === invocation.group)?.serialGroup;
}

/** Orbs and steps that make a job wait its turn; they came before serial groups. */
const QUEUE = /\bqueue\b|block_(?:workflow|execution)|\block(?:ing)?\b|swissknife\/|singleton|semaphore/i;

function isQueued({ invocation, workflow }: DeliveryJob): boolean {
  return [invocation, ...flowOf(workflow).ancestors(invocation)].some(
    ({ reference, name, job, kind }) =>
      kind === 'lock' ||
      QUEUE.test(`${reference} ${name}`) ||
      job?.steps.some((step) => QUEUE.test(`${step.name} ${String(step.content['name'] ?? '')}`)) === true,
  );
}

function runBeside(a: DeliveryJob, b: DeliveryJob): boolean {
  const parallel = a.workflow === b.workflow && flowOf(a.workflow).areParallel(a.invocation, b.invocation);
  return parallel && findMeeting(a, b) !== undefined;
}
