import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownRequires: Rule = {
  name: 'unknown-requires',
  group: 'meaning',
  weight: 'error',
  summary: 'A job that waits for one which is not in its workflow.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: fromCompiler('unknown-requires'),
};
