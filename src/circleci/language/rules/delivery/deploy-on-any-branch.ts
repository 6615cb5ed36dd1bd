import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import { runsWorkflow, type Situation } from '../../flow/situation.js';
import { ANY_BRANCH } from '../../flow/situations.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, titleOf } from './finding.js';

export const deployOnAnyBranch: Rule = {
  name: 'deploy-on-any-branch',
  group: 'delivery',
  weight: 'warning',
  summary: 'A job deploys to production from every branch, those of pull requests among them.',
  why: 'Without a filter a job runs for every push to every branch, before anyone has reviewed it. Where pull requests of forks are built, whoever opens one deploys to production.',
  source: 'https://circleci.com/docs/guides/integration/oss/#build-pull-requests-from-forked-repositories',
  check: ({ model }, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const job of deliveryJobsOf(model)) {
      const { invocation, workflow, environment } = job;
      const flow = flowOf(workflow);
      if (environment?.isProduction !== true || !certainlyDeploys(job) || flow.approvals(invocation).length > 0)
        continue;
      const found = SITUATIONS.find(
        ({ situation }) => runsWorkflow(workflow, situation) === true && flow.runs(invocation, situation) === true,
      );
      if (found === undefined) continue;
      report(
        atJob(invocation, {
          message: `"${titleOf(invocation)}" deploys to production ${found.what}`,
          help: 'add "filters", or a "when" to the workflow, that name the branch or the tags that are released',
        }),
      );
    }
  },
};

/** Whom nobody has approved yet. Branches of forks are called `pull/12`. */
const SITUATIONS: readonly { readonly situation: Situation; readonly what: string }[] = [
  { situation: ANY_BRANCH, what: `from every branch, "${ANY_BRANCH.branch}" for one` },
  { situation: { ...ANY_BRANCH, event: 'pull_request' }, what: 'from every pull request' },
  { situation: { branch: 'pull/12' }, what: 'from pull requests of forks, "pull/12" for one' },
];

/** A script that looks at the branch itself may do nothing on most of them. */
const LOOKS_AT_BRANCH = /CIRCLE_(?:BRANCH|TAG|PULL_REQUEST|PR_)|pipeline\.(?:git|event)\b/;

function certainlyDeploys({ actions, halts, invocation }: DeliveryJob): boolean {
  if (halts || !actions.some(({ kind, guarded }) => kind === 'deploy' && !guarded)) return false;
  return !invocation.job?.steps.some(
    ({ name, content }) => name === 'run' && LOOKS_AT_BRANCH.test(JSON.stringify(content)),
  );
}
