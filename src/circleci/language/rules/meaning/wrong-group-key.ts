import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongGroupKey: Rule = {
  name: 'wrong-group-key',
  group: 'meaning',
  weight: 'error',
  summary: 'A key that a job group, or a job in it, does not take.',
  why: 'CircleCI refuses the config: a group is run as it is, and what is locked is the group and not a job in it.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: fromCompiler('wrong-group-key'),
};
