import { isMapping } from '../../../../yaml/mapping.js';
import { STATUSES } from '../../shape/workflow.js';
import type { Rule } from '../rule.js';

export const allStatuses: Rule = {
  name: 'all-statuses',
  group: 'meaning',
  weight: 'off',
  summary: 'A job that waits for another one whichever way it ends, and names all the ways.',
  why: '"terminal" says the same in one word. Both work, so this is told only when it is asked for.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#requires',
  check: ({ written }, report) => {
    const each = STATUSES.filter((status) => status !== 'terminal');
    for (const { body, bodyPath } of written.invocations) {
      for (const [index, item] of (Array.isArray(body['requires']) ? body['requires'] : []).entries()) {
        for (const [job, statuses] of Object.entries(isMapping(item) ? item : {})) {
          if (!Array.isArray(statuses) || !each.every((status) => statuses.includes(status))) continue;
          const path = [...bodyPath, 'requires', index, job];
          report({ path, at: 'key', message: 'this is every status that there is', help: `write "${job}: terminal"` });
        }
      }
    }
  },
};
