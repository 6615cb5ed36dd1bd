import { isMapping } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const filtersAsMapping: Rule = {
  name: 'filters-as-mapping',
  group: 'meaning',
  weight: 'off',
  summary: 'Filters in the form of branches and tags.',
  why: 'The form is deprecated in favour of expressions, which can say more. It works on, so this is told only when it is asked for.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#jobfilters',
  check: ({ written }, report) => {
    for (const { body, bodyPath } of written.invocations) {
      if (!isMapping(body['filters'])) continue;
      report({
        path: [...bodyPath, 'filters'],
        at: 'key',
        message: 'filters by "branches" and "tags" are deprecated',
        help: 'write an expression, "filters: pipeline.git.branch == "main""',
      });
    }
  },
};
