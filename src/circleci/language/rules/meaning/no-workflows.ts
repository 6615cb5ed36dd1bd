import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const noWorkflows: Rule = {
  name: 'no-workflows',
  group: 'meaning',
  weight: 'error',
  summary: 'A config without a workflow and without a job named "build".',
  why: 'CircleCI has nothing to run and refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#workflows',
  check: (subject, report) => {
    if (!subject.isOrb) fromCompiler('no-workflows')(subject, report);
  },
};
