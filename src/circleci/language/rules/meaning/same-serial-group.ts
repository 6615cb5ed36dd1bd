import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const sameSerialGroup: Rule = {
  name: 'same-serial-group',
  group: 'meaning',
  weight: 'warning',
  summary: 'Two jobs of a workflow in the same serial group.',
  why: 'The group is let go between the two, so another pipeline can come in, and the second one is skipped where that pipeline is newer. What has to run in one go belongs into a job group.',
  source: 'https://circleci.com/docs/guides/orchestrate/controlling-serial-execution-across-your-organization/',
  check: ({ model }, report) => {
    for (const { jobs } of model.workflows) {
      const groups = new Map<string, string>();
      for (const { name, serialGroup, place } of jobs) {
        if (serialGroup === undefined) continue;
        const other = groups.get(serialGroup);
        groups.set(serialGroup, name);
        if (other === undefined) continue;
        report({
          path: [...place.path, 'serial-group'],
          message: `${quote(other)} and ${quote(name)} are in the same serial group, which is for one job of a workflow`,
          help: 'put both into a job group, and give that the "serial-group"',
        });
      }
    }
  },
};
