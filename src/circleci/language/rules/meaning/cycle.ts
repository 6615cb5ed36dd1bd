import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const cycle: Rule = {
  name: 'cycle',
  group: 'meaning',
  weight: 'error',
  summary: 'Jobs that wait for each other.',
  why: 'None of them can start, and CircleCI refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: fromCompiler('cycle'),
};
