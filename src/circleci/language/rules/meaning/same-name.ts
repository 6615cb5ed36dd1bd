import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const sameName: Rule = {
  name: 'same-name',
  group: 'meaning',
  weight: 'error',
  summary:
    'Two jobs of a workflow that have the same name or the same but for its case, or a job group with the name of a job.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#name',
  check: fromCompiler('same-name'),
};
