import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unclosedReference: Rule = {
  name: 'unclosed-reference',
  group: 'meaning',
  weight: 'error',
  summary: 'A "<<" that nothing closes.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. The here-document of a script is the common case: it has to be written "\\<<".',
  source: 'https://circleci.com/docs/reference/reusing-config/#using-the-parameters-declaration',
  check: fromCompiler('unclosed-reference'),
};
