import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongDefault: Rule = {
  name: 'wrong-default',
  group: 'meaning',
  weight: 'error',
  summary: 'A default that is not among the values of its enum.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/reusing-config/#enum',
  check: fromCompiler('wrong-default'),
};
