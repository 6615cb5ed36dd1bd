import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const scheduledWorkflow: Rule = {
  name: 'scheduled-workflow',
  group: 'meaning',
  weight: 'warning',
  summary: 'A workflow with a schedule of its own.',
  why: 'Scheduled workflows are to be deprecated, and projects of the GitHub App, GitLab and Bitbucket Data Center do not have them: there the workflow never runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#schedule',
  check: ({ written }, report) => {
    for (const { name, path, value } of written.workflows) {
      if (value['triggers'] === undefined) continue;
      report({
        path: [...path, 'triggers'],
        at: 'key',
        message: `the workflow ${quote(name)} has a schedule of its own, which is to be deprecated`,
        help: 'add a schedule trigger in the project settings, and "when: pipeline.schedule.name == "NAME""',
      });
    }
  },
};
