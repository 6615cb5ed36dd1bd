import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongSerialGroup: Rule = {
  name: 'wrong-serial-group',
  group: 'meaning',
  weight: 'error',
  summary: 'A serial group with characters that CircleCI does not take.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#serial-group',
  check: fromCompiler('wrong-serial-group', 'long-serial-group'),
};
