import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const reservedParameter: Rule = {
  name: 'reserved-parameter',
  group: 'meaning',
  weight: 'error',
  summary: "A job with a parameter whose name is a key of CircleCI's own.",
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. In a workflow the key means something else.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#parameters-job',
  check: fromCompiler('reserved-parameter'),
};
