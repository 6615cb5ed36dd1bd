import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownExecutor: Rule = {
  name: 'unknown-executor',
  group: 'meaning',
  weight: 'error',
  summary: 'A job that runs on an executor which is not there.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#executors',
  check: fromCompiler('unknown-executor'),
};
