import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const wrongValue: Rule = {
  name: 'wrong-value',
  group: 'shape',
  weight: 'error',
  summary: 'A value that its key does not take.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('wrong-value'),
};
