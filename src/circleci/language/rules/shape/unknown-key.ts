import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const unknownKey: Rule = {
  name: 'unknown-key',
  group: 'shape',
  weight: 'error',
  summary: 'A key that CircleCI does not know, where it knows them all.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. Mostly it is a misspelling, or a key that is indented too little or too much.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('unknown-key'),
};
