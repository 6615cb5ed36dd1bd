import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { mappingOf, valueAt } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const wrongEntry: Rule = {
  name: 'wrong-entry',
  group: 'shape',
  weight: 'error',
  summary: 'A job of a workflow that is not one name, with what belongs to it below.',
  why: 'Mostly its keys are indented too little, so that they stand beside its name. CircleCI then leaves them out, filters and contexts too, or refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#jobs-in-workflow',
  check: ({ config, written }, report) => {
    for (const { path } of written.invocations) {
      const entry = mappingOf(valueAt(config, path));
      const [name, ...others] = Object.keys(entry);
      if (name === undefined || others.length === 0) continue;
      const message = `a job of a workflow is one key, and beside ${quote(name)} there is ${quoteList(others)}`;
      const help = `indent what belongs to ${quote(name)} below it, and give each job a "-" of its own`;
      const at = { path: [...path, others[0] ?? ''], at: 'key' } as const;
      report({ ...at, message, help, ...(entry[name] === null ? { weight: 'warning' } : {}) });
    }
  },
};
