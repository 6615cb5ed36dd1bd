import { mappingOf, valueAt } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';
import { fromCompiler } from './from-compiler.js';

export const wrongForm: Rule = {
  name: 'wrong-form',
  group: 'meaning',
  weight: 'error',
  summary: 'Something that is not of the form that CircleCI expects, once every parameter has its value.',
  why: 'CircleCI refuses the whole config, so no job of any workflow runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#steps',
  check: (subject, report) => {
    // Steps and entries with several keys have a rule of their own.
    const known = subject.model.problems.filter(({ code, path }) => {
      const isKeyed = code === 'wrong-step' || code === 'wrong-entry';
      return !isKeyed || Object.keys(mappingOf(valueAt(subject.config, path))).length < 2;
    });
    fromCompiler(...CODES)({ ...subject, model: { ...subject.model, problems: known } }, report);
  },
};

const CODES = [
  'wrong-step',
  'wrong-steps',
  'wrong-jobs',
  'wrong-entry',
  'wrong-status',
  'wrong-type',
  'missing-default',
];
