import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const wrongType: Rule = {
  name: 'wrong-type',
  group: 'shape',
  weight: 'error',
  summary: 'A value of another type than its key takes.',
  why: 'CircleCI refuses the whole config. Often a "-" is missing or too much, so that a list became a mapping or the other way round.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('wrong-type'),
};
