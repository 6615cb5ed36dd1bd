import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const ignoredApprovalKey: Rule = {
  name: 'ignored-approval-key',
  group: 'meaning',
  weight: 'warning',
  summary: 'A key of an approval that has no effect.',
  why: 'An approval runs nothing, so it takes no parameters and no steps. CircleCI leaves them out without a word.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#type',
  check: ({ written }, report) => {
    for (const { reference, body, bodyPath } of written.invocations) {
      if (body['type'] !== 'approval') continue;
      for (const key of Object.keys(body)) {
        if (TAKEN.has(key)) continue;
        report({
          path: [...bodyPath, key],
          at: 'key',
          message: `the approval ${quote(reference)} takes no ${quote(key)}`,
        });
      }
    }
  },
};

const TAKEN = new Set(['type', 'name', 'requires', 'filters', 'context', 'matrix', 'serial-group', 'override-with']);
