import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongMatrix: Rule = {
  name: 'wrong-matrix',
  group: 'meaning',
  weight: 'error',
  summary: 'A matrix that does not fit the job.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. A matrix gives values to parameters of its job, and excludes whole combinations of them.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#matrix',
  check: fromCompiler('wrong-matrix'),
};
