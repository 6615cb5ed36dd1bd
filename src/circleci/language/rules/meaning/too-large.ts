import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const tooLarge: Rule = {
  name: 'too-large',
  group: 'meaning',
  weight: 'error',
  summary: 'A config that becomes larger than CircleCI takes.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs. The most is 8 MB after everything is put in its place.',
  source: 'https://support.circleci.com/hc/en-us/articles/360045043634',
  check: fromCompiler('too-large'),
};
