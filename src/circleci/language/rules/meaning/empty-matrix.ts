import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const emptyMatrix: Rule = {
  name: 'empty-matrix',
  group: 'meaning',
  weight: 'warning',
  summary: 'A matrix that makes no job.',
  why: 'The job does not run, and no error says so.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#matrix',
  check: ({ written }, report) => {
    for (const { body, bodyPath } of written.invocations) {
      for (const [name, values] of Object.entries(mappingOf(mappingOf(body['matrix'])['parameters']))) {
        if (values !== null && !(Array.isArray(values) && values.length === 0)) continue;
        report({
          path: [...bodyPath, 'matrix', 'parameters', name],
          at: 'key',
          message: `the matrix has no values for ${quote(name)}, so it makes no job`,
        });
      }
    }
  },
};
