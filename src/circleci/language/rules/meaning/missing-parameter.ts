import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const missingParameter: Rule = {
  name: 'missing-parameter',
  group: 'meaning',
  weight: 'error',
  summary: 'A parameter without a default that is not given.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: fromCompiler('missing-parameter'),
};
