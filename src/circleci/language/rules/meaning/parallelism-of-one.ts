import type { Rule } from '../rule.js';

export const parallelismOfOne: Rule = {
  name: 'parallelism-of-one',
  group: 'meaning',
  weight: 'warning',
  summary: 'A "parallelism" that has no effect.',
  why: 'One container is what every job has. Tests are split over several.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#parallelism',
  check: ({ written }, report) => {
    for (const { kind, path, value } of written.definitions) {
      const { parallelism } = value;
      if (kind !== 'jobs' || (parallelism !== 1 && parallelism !== 0)) continue;
      report({
        path: [...path, 'parallelism'],
        message: `"parallelism" of ${parallelism} has no effect`,
        help: 'remove it, or take 2 or more',
      });
    }
  },
};
