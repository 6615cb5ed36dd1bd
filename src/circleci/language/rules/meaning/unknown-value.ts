import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownValue: Rule = {
  name: 'unknown-value',
  group: 'meaning',
  weight: 'error',
  summary: 'A reference to something that is not there.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. Pipeline parameters are not seen inside of orbs: an orb takes what it needs as parameters.',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: fromCompiler('unknown-value'),
};
