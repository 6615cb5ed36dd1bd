import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const twoConditions: Rule = {
  name: 'two-conditions',
  group: 'meaning',
  weight: 'error',
  summary: 'A workflow that has both "when" and "unless".',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#using-when-in-workflows',
  check: fromCompiler('two-conditions'),
};
