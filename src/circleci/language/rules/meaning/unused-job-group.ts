import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const unusedJobGroup: Rule = {
  name: 'unused-job-group',
  group: 'meaning',
  weight: 'warning',
  summary: 'A job group that no workflow runs.',
  why: 'Its jobs do not run, though they look as if they did.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: ({ written }, report) => {
    const used = new Set(written.invocations.filter(({ inGroup }) => !inGroup).map(({ reference }) => reference));
    for (const { kind, name, path, document } of written.definitions) {
      // In an orb there are none.
      if (kind !== 'job-groups' || document.alias !== undefined || used.has(name)) continue;
      report({
        path,
        at: 'key',
        message: `no workflow runs the job group ${quote(name)}`,
        help: 'add it to a workflow, or remove it',
      });
    }
  },
};
