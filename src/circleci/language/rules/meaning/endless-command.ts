import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const endlessCommand: Rule = {
  name: 'endless-command',
  group: 'meaning',
  weight: 'error',
  summary: 'Commands that call each other without an end.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/reusing-config/#authoring-reusable-commands',
  check: fromCompiler('endless-command'),
};
