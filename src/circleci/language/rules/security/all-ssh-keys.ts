import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const allSshKeys: Rule = {
  name: 'all-ssh-keys',
  group: 'security',
  weight: 'warning',
  summary: 'A step that adds every SSH key of the project.',
  why: 'The job gets keys that it does not need, those of other jobs and of keys that are added later.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#add-ssh-keys',
  check: ({ written }, report) => {
    for (const { name, body, path } of written.steps) {
      if (name !== 'add_ssh_keys' || mappingOf(body)['fingerprints'] !== undefined) continue;
      report({
        path,
        message: '"add_ssh_keys" without fingerprints adds every key of the project',
        help: 'name the keys that the job needs under "fingerprints"',
      });
    }
  },
};
