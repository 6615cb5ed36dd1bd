import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownJob: Rule = {
  name: 'unknown-job',
  group: 'meaning',
  weight: 'error',
  summary: 'A workflow that runs a job which is not there.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#workflows',
  check: fromCompiler('unknown-job'),
};
