import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const tooManyContexts: Rule = {
  name: 'too-many-contexts',
  group: 'meaning',
  weight: 'error',
  summary: 'More contexts than a config can name.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. The most is 100 different ones.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#context',
  check: fromCompiler('too-many-contexts'),
};
