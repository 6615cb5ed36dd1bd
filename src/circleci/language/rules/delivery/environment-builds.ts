import type { Action, Build } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { environmentsIn } from '../../actions/environment-of.js';
import { repositoryOf } from '../../actions/reference.js';
import { flowOf } from '../../flow/flow.js';
import type { Rule } from '../rule.js';
import { isOfSameFile, isPushed } from './builds.js';
import { atAction, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const environmentBuilds: Rule = {
  name: 'environment-builds',
  group: 'delivery',
  weight: 'warning',
  summary: 'Two environments each build an image of their own from the same recipe.',
  why: 'What production runs was then never in staging: it is another image, with other packages if anything has been released in between, or with other values baked into it. Staging has proved something about an image that nobody will run.',
  source: 'https://12factor.net/build-release-run',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const builders = deliveryJobsOf(subject.model).flatMap(buildersOf);
    for (const one of builders) {
      if (one.environment !== 'production') continue;
      const other = builders.find((before) => before.environment !== one.environment && isSameImage(before, one));
      if (other === undefined) continue;
      report(
        atAction(one.action, {
          message: `"${titleOf(one.job.invocation)}" builds the image for production, and "${titleOf(other.job.invocation)}" builds another for ${other.environment}`,
          help: 'build the image once, without anything of an environment in it, and deploy that one to each environment in turn',
          related: [relatedJob(other.job.invocation, `the image for ${other.environment}`, subject)],
        }),
      );
    }
  },
};

interface Builder {
  readonly job: DeliveryJob;
  readonly action: Action & Build;
  readonly environment: string;
}

/** What a job builds that deploys to an environment, or that nothing but deployments to one environment wait for. */
function buildersOf(job: DeliveryJob, _: number, jobs: readonly DeliveryJob[]): readonly Builder[] {
  const builds = job.actions.flatMap((action) => (action.kind === 'build' && !action.guarded ? [action] : []));
  const environment = builds.length === 0 ? undefined : environmentServed(job, jobs);
  return environment === undefined ? [] : builds.map((action) => ({ job, action, environment }));
}

function environmentServed(job: DeliveryJob, jobs: readonly DeliveryJob[]): string | undefined {
  if (job.deploys) return job.environment?.name;
  const flow = flowOf(job.workflow);
  const after = jobs.filter(
    (one) => one.workflow === job.workflow && one.deploys && flow.ancestors(one.invocation).has(job.invocation),
  );
  const names = new Set(after.map(({ environment }) => environment?.name));
  const [name] = names;
  return names.size === 1 && job.environment?.name === name ? name : undefined;
}

function isSameImage({ action: a, job: jobA }: Builder, { action: b, job: jobB }: Builder): boolean {
  const { args: _a, ...recipe } = a.recipe;
  const { args: _b, ...other } = b.recipe;
  if (isOfSameFile(a, b)) return isPushed(a, jobA) && isPushed(b, jobB);
  return (
    JSON.stringify(recipe) === JSON.stringify(other) &&
    a.references.some((one) => b.references.some((two) => withoutEnvironment(one) === withoutEnvironment(two)))
  );
}

/** A repository without the words for environments in it: registries and names differ in those. */
function withoutEnvironment(reference: string): string {
  return repositoryOf(reference)
    .split(/[^A-Za-z0-9$]+/)
    .filter((word) => environmentsIn(word).size === 0)
    .join('/');
}
