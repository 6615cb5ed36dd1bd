import type { Rule } from '../rule.js';
import { readSuppressions } from '../suppressions.js';

export const unbalancedIgnore: Rule = {
  name: 'unbalanced-ignore',
  group: 'meaning',
  weight: 'warning',
  summary: 'A "# cci-ignore-start" without its end, or an end without its start.',
  why: 'A range that has no end silences nothing, so what it was written for is not silenced.',
  source: 'https://github.com/CircleCI-Public/circleci-yaml-language-server',
  check: ({ yaml }, report) => {
    for (const { offset, length, message } of readSuppressions(yaml).unbalanced) {
      report({ span: [offset, offset + length], message });
    }
  },
};
