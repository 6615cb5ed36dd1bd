import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongLogic: Rule = {
  name: 'wrong-logic',
  group: 'meaning',
  weight: 'error',
  summary: 'A logic statement that is none.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#logic-statements',
  check: fromCompiler('wrong-logic'),
};
