import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const unknownCommand: Rule = {
  name: 'unknown-command',
  group: 'meaning',
  weight: 'error',
  summary: 'A step that calls a command which is not there.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#commands',
  check: fromCompiler('unknown-command'),
};
