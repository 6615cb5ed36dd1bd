import type { Rule } from '../rule.js';

export const redundantType: Rule = {
  name: 'redundant-type',
  group: 'meaning',
  weight: 'off',
  summary: 'A job of the type "build", which every job is.',
  why: 'It says nothing. It does no harm either, so this is told only when it is asked for.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#job-type',
  check: ({ written }, report) => {
    for (const { kind, value, path } of written.definitions) {
      if (kind !== 'jobs' || value['type'] !== 'build') continue;
      report({ path: [...path, 'type'], at: 'key', message: '"type: build" is what every job is', help: 'remove it' });
    }
  },
};
