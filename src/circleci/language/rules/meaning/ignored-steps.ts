import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const ignoredSteps: Rule = {
  name: 'ignored-steps',
  group: 'meaning',
  weight: 'warning',
  summary: 'Steps of a job that runs none.',
  why: 'Only jobs of type build run steps. CircleCI leaves these out without a word.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#job-type',
  check: ({ written }, report) => {
    for (const { kind, name, path, value } of written.definitions) {
      const { type = 'build', steps } = value;
      if (kind !== 'jobs' || type === 'build' || steps === undefined) continue;
      report({
        path: [...path, 'steps'],
        at: 'key',
        message: `the job ${quote(name)} is of type ${quote(type)}, which runs no steps`,
      });
    }
  },
};
