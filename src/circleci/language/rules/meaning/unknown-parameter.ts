import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownParameter: Rule = {
  name: 'unknown-parameter',
  group: 'meaning',
  weight: 'error',
  summary: 'A parameter that the job, command or executor does not have.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. CircleCI says "Unexpected argument".',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: fromCompiler('unknown-parameter'),
};
