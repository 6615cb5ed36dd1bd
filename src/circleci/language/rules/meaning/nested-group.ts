import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const nestedGroup: Rule = {
  name: 'nested-group',
  group: 'meaning',
  weight: 'error',
  summary: 'A job group that has another one in it.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: fromCompiler('nested-group'),
};
