import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const workflowsVersion: Rule = {
  name: 'workflows-version',
  group: 'meaning',
  weight: 'warning',
  summary: 'A "version" under "workflows".',
  why: 'It belongs to configs of version 2, and has no effect here.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#workflow-version',
  check: ({ config, version }, report) => {
    const workflows = mappingOf(config['workflows']);
    if (version === '2' || workflows['version'] === undefined) return;
    report({
      path: ['workflows', 'version'],
      at: 'key',
      message: '"version" of workflows has no effect in a config of version 2.1',
      help: 'remove it',
    });
  },
};
