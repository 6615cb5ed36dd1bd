import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongPattern: Rule = {
  name: 'wrong-pattern',
  group: 'meaning',
  weight: 'error',
  summary: 'A pattern that is no regular expression for CircleCI.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. Its patterns look neither ahead nor back.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#branches',
  check: fromCompiler('wrong-pattern'),
};
