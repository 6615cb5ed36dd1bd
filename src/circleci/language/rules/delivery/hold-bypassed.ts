import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import { flowOf } from '../../flow/flow.js';
import { describeSituation, runsWorkflow, type Situation } from '../../flow/situation.js';
import { situationsOf } from '../../flow/situations.js';
import type { Rule } from '../rule.js';
import { atJob, oncePerPlace, relatedJob, titleOf } from './finding.js';

export const holdBypassed: Rule = {
  name: 'hold-bypassed',
  group: 'delivery',
  weight: 'error',
  summary: 'A job deploys to production without the approval that it requires, where filters leave the approval out.',
  why: 'CircleCI ignores a required job that its filters leave out. Where the approval is left out and the job still has another requirement that runs, the job starts by itself: production changes, and nobody was asked.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: (subject, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const job of deliveryJobsOf(subject.model)) {
      const { invocation, workflow } = job;
      if (!mayChangeProduction(job)) continue;
      const [approval] = flowOf(workflow).approvals(invocation);
      const situation = approval === undefined ? undefined : findWayRound(job);
      if (approval === undefined || situation === undefined) continue;
      const where = describeSituation(situation);
      report(
        atJob(invocation, {
          message: `"${titleOf(invocation)}" deploys to production without "${approval.name}" ${where}, where filters leave the approval out`,
          help: `give "${approval.name}" and every job between the two the filters of "${titleOf(invocation)}"`,
          related: [relatedJob(approval, 'the approval', subject)],
        }),
      );
    }
  },
};

function mayChangeProduction({ deploys, environment, actions, halts }: DeliveryJob): boolean {
  if (!deploys || environment?.isProduction !== true || halts) return false;
  const deployments = actions.filter(({ kind }) => kind === 'deploy');
  return deployments.length === 0 || deployments.some(({ guarded }) => !guarded);
}

/** A situation in which the job runs, and no approval that runs holds it back. */
function findWayRound({ invocation, workflow }: DeliveryJob): Situation | undefined {
  const flow = flowOf(workflow);
  return situationsOf(workflow).find(
    (situation) =>
      runsWorkflow(workflow, situation) !== false &&
      flow.runs(invocation, situation) === true &&
      flow.approvalIn(invocation, situation) === undefined,
  );
}
