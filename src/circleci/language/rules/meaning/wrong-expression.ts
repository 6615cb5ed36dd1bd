import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongExpression: Rule = {
  name: 'wrong-expression',
  group: 'meaning',
  weight: 'error',
  summary: 'An expression that is none.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#jobfilters',
  check: fromCompiler('wrong-expression', 'wrong-reference'),
};
