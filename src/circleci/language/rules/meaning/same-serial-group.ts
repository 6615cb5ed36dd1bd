import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const sameSerialGroup: Rule = {
  name: 'same-serial-group',
  group: 'meaning',
  weight: 'error',
  summary: 'Two jobs of a workflow in the same serial group.',
  why: 'A group is a lock that a workflow takes once. What has to run in one go belongs into a job group.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: fromCompiler('same-serial-group'),
};
