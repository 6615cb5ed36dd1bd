import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { mappingOf, valueAt } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const wrongEntry: Rule = {
  name: 'wrong-entry',
  group: 'shape',
  weight: 'error',
  summary: 'A job of a workflow that is not one name, with what belongs to it below.',
  why: 'CircleCI refuses the config. Mostly its keys are indented too little, so that they stand beside its name.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#jobs-in-workflow',
  check: ({ config, written }, report) => {
    for (const { path } of written.invocations) {
      const [name, ...others] = Object.keys(mappingOf(valueAt(config, path)));
      if (name === undefined || others.length === 0) continue;
      const message = `a job of a workflow is one key, and beside ${quote(name)} there is ${quoteList(others)}`;
      const help = `indent what belongs to ${quote(name)} below it, and give each job a "-" of its own`;
      report({ path: [...path, others[0] ?? ''], at: 'key', message, help });
    }
  },
};
