import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const largeMatrix: Rule = {
  name: 'large-matrix',
  group: 'meaning',
  weight: 'error',
  summary: 'A matrix of more jobs than CircleCI makes.',
  why: 'CircleCI refuses the config: a matrix makes at most 128 jobs.',
  source: 'https://circleci.com/docs/guides/orchestrate/using-matrix-jobs/',
  check: ({ written }, report) => {
    for (const { body, bodyPath } of written.invocations) {
      const { parameters, exclude } = mappingOf(body['matrix']);
      const sizes = Object.values(mappingOf(parameters)).map((values) => (Array.isArray(values) ? values.length : 1));
      const count = sizes.reduce((product, size) => product * size, 1) - (Array.isArray(exclude) ? exclude.length : 0);
      if (count > MOST)
        report({
          path: [...bodyPath, 'matrix'],
          at: 'key',
          message: `the matrix makes ${count} jobs, and CircleCI makes at most ${MOST}`,
        });
    }
  },
};

const MOST = 128;
