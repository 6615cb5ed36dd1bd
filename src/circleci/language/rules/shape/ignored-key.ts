import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const ignoredKey: Rule = {
  name: 'ignored-key',
  group: 'shape',
  weight: 'warning',
  summary: 'A key that CircleCI leaves out without a word.',
  why: 'The config is accepted and the key has no effect: what it was written for does not happen, and nothing says so.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('ignored-key'),
};
