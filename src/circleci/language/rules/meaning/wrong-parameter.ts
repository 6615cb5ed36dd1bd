import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongParameter: Rule = {
  name: 'wrong-parameter',
  group: 'meaning',
  weight: 'error',
  summary: 'A parameter whose value is not of its type.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/reusing-config/#parameter-types',
  check: fromCompiler('wrong-parameter'),
};
