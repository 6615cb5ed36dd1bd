import { deliveryJobsOf } from '../../actions/deliveries.js';
import type { Rule } from '../rule.js';
import { atAction, oncePerPlace } from './finding.js';

export const greenRollback: Rule = {
  name: 'green-rollback',
  group: 'delivery',
  weight: 'warning',
  summary: 'A deployment that fails is rolled back, and the job is green.',
  why: 'The rollback succeeds, so the step does. The pipeline says that the commit is deployed while the environment runs the one before it, and a production deployment that waits for staging goes ahead with the version that staging has just refused.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#default-shell-options',
  check: ({ model }, reportAll) => {
    const report = oncePerPlace(reportAll);
    for (const { actions } of deliveryJobsOf(model)) {
      for (const action of actions) {
        if (action.kind !== 'undo' || !action.green) continue;
        report(
          atAction(action, {
            message: `"${action.what}" rolls back what has failed, and then the step succeeds`,
            help: 'put "exit 1" behind it',
          }),
        );
      }
    }
  },
};
