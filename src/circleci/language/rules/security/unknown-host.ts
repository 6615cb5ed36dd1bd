import type { Rule } from '../rule.js';
import { writtenCommands } from './commands.js';

export const unknownHost: Rule = {
  name: 'unknown-host',
  group: 'security',
  weight: 'warning',
  summary: 'An SSH connection that takes any host for the right one.',
  why: 'Whoever answers in the place of the server gets what is copied to it.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      if (!/StrictHostKeyChecking[=\s]+["']?no\b/.test(command)) continue;
      report({
        path,
        part: 'StrictHostKeyChecking',
        message: '"StrictHostKeyChecking=no" takes any host for the right one',
        help: 'add the key of the host to ~/.ssh/known_hosts',
      });
    }
  },
};
