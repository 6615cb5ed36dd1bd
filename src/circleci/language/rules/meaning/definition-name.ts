import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const definitionName: Rule = {
  name: 'definition-name',
  group: 'meaning',
  weight: 'warning',
  summary: 'A name that CircleCI does not promise to take.',
  why: 'Names of jobs, commands and executors start with a letter and go on with letters, digits, "-", "_" and spaces.',
  source: 'https://circleci.com/docs/reference/reusing-config/',
  check: ({ written, version }, report) => {
    if (version === '2') return;
    for (const { kind, name, path } of written.definitions) {
      if (kind === 'job-groups' || NAME.test(name)) continue;
      const message = `the name ${quote(name)} has something in it that is no letter, digit, "-" or "_", or does not start with a letter`;
      report({ path, at: 'key', message });
    }
  },
};

const NAME = /^[A-Za-z][\w\s-]*$/;
