import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const version2Feature: Rule = {
  name: 'version-2-feature',
  group: 'meaning',
  weight: 'warning',
  summary: 'Something of version 2.1 in a config of version 2.',
  why: 'A config of version 2 has no parameters, commands, executors, orbs or conditions: CircleCI leaves them out or refuses them.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#version',
  check: ({ config, written, version }, report) => {
    if (version !== '2') return;
    const help = 'write "version: 2.1"';
    if (config['setup'] === true) {
      report({ path: ['setup'], at: 'key', message: '"setup" needs version 2.1', help, weight: 'error' });
    }
    for (const key of ['orbs', 'commands', 'executors', 'parameters', 'job-groups']) {
      if (config[key] !== undefined)
        report({ path: [key], at: 'key', message: `${quote(key)} needs version 2.1`, help });
    }
    for (const { bodyPath, body } of written.invocations) {
      for (const key of ['matrix', 'pre-steps', 'post-steps', 'name']) {
        if (body[key] !== undefined)
          report({ path: [...bodyPath, key], at: 'key', message: `${quote(key)} needs version 2.1`, help });
      }
    }
  },
};
