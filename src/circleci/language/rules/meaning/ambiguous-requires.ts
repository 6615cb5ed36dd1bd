import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const ambiguousRequires: Rule = {
  name: 'ambiguous-requires',
  group: 'meaning',
  weight: 'error',
  summary: 'A job that waits for a name which several jobs have.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. Each of them gets a number behind its name.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: fromCompiler('ambiguous-requires'),
};
