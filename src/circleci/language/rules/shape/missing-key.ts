import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const missingKey: Rule = {
  name: 'missing-key',
  group: 'shape',
  weight: 'error',
  summary: 'A key that has to be there is not.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('missing-key'),
};
