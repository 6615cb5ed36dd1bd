import type { Action } from '../../actions/action.js';
import { type DeliveryJob, deliveryJobsOf } from '../../actions/deliveries.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace } from './finding.js';

export const ignoredFailure: Rule = {
  name: 'ignored-failure',
  group: 'delivery',
  weight: 'warning',
  summary: 'A deployment, a migration or a push fails, and the job stays green.',
  why: 'With "|| true" behind it a command cannot fail. The jobs behind it go on as if it had succeeded: an image that was not pushed is deployed, a version whose rollout failed is promoted.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#default-shell-options',
  check: ({ model }, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const job of deliveryJobsOf(model)) {
      for (const action of job.actions) {
        if (!action.ignored || !matters(action, job)) continue;
        report(
          atAction(action, {
            message: `when "${action.what}" fails, the step goes on and the job stays green`,
            help: 'leave out what follows "||", or end it with "exit 1"',
          }),
        );
      }
    }
  },
};

/** A cache that is not pushed only costs time, and the database of a test is nobody's. */
function matters(action: Action, { deploys }: DeliveryJob): boolean {
  if (action.kind === 'push') return !/cache/i.test(action.reference);
  return deploys && ['deploy', 'migrate', 'wait'].includes(action.kind);
}
