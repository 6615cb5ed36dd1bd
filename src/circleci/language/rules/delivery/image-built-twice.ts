import type { Action, Build } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { repositoryOf } from '../../actions/reference.js';
import { findMeeting } from '../../flow/meet.js';
import type { Rule } from '../rule.js';
import { isOfSameFile, isPushed } from './builds.js';
import { atAction, oncePerPlace, relatedAction, titleOf } from './finding.js';

export const imageBuiltTwice: Rule = {
  name: 'image-built-twice',
  group: 'delivery',
  weight: 'warning',
  summary: 'Two jobs of one pipeline build and push the same image.',
  why: 'Two builds of one commit are two images: base images, packages and the clock have moved on in between. What was tested is then not what is deployed, the second build is paid for again, and where both push one tag it is a matter of luck which of the two it points at.',
  source: 'https://12factor.net/build-release-run',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    const builders = deliveryJobsOf(subject.model).flatMap((job) =>
      job.halts ? [] : job.actions.flatMap((action) => (isPushedBuild(action, job) ? [{ job, action }] : [])),
    );
    for (const [index, one] of builders.entries()) {
      const first = builders
        .slice(0, index)
        .find(
          (other) => other.job !== one.job && isSameImage(other, one) && findMeeting(other.job, one.job) !== undefined,
        );
      if (first === undefined) continue;
      report(
        atAction(one.action, {
          message: `"${titleOf(one.job.invocation)}" builds ${nameOf(one.action)} once more: "${titleOf(first.job.invocation)}" builds it for the same commit`,
          help: 'build and push it in one job, and let the others use that image by its digest or commit tag',
          related: [relatedAction(first.action, 'the first time', subject)],
        }),
      );
    }
  },
};

type Builder = { readonly job: DeliveryJob; readonly action: Action & Build };

function isPushedBuild(action: Action, job: DeliveryJob): action is Action & Build {
  return action.kind === 'build' && !action.guarded && isPushed(action, job);
}

/** Native builds for several platforms are told apart by the machine, or by the tag. */
const PLATFORM = /arm|amd|x86|aarch|platform|arch/i;

function isSameImage(a: Builder, b: Builder): boolean {
  const same =
    JSON.stringify(a.action.recipe) === JSON.stringify(b.action.recipe) &&
    (isOfSameFile(a.action, b.action) ||
      a.action.references.some((one) => b.action.references.some((other) => isSameRepository(one, other))));
  return same && !isForOnePlatform(a) && !isForOnePlatform(b);
}

function isSameRepository(one: string, other: string): boolean {
  const repository = repositoryOf(one);
  // A name that is nothing but variables may be another one in each job.
  return repository === repositoryOf(other) && repository.replaceAll(/\$\w+|\$[({].*?[)}]|<<.*?>>|[/.:-]/g, '') !== '';
}

function isForOnePlatform({ action, job: { invocation } }: Builder): boolean {
  const { resourceClass } = invocation.job?.machine ?? {};
  return [...action.references, resourceClass ?? '', invocation.name].some((text) => PLATFORM.test(text));
}

function nameOf({ references: [reference], recipe }: Build): string {
  return reference === undefined ? `the images of "${recipe.file}"` : `"${repositoryOf(reference)}"`;
}
