import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { mappingOf, valueAt } from '../../../../yaml/mapping.js';
import { BUILT_IN_STEPS } from '../../shape/steps.js';
import type { Rule } from '../rule.js';

export const stepIndentation: Rule = {
  name: 'step-indentation',
  group: 'shape',
  weight: 'error',
  summary: 'The parameters of a step stand beside its name, and not below it.',
  why: 'A step is a mapping with one key. CircleCI takes the first key for the step, without its parameters, and refuses the config when the step needs any.',
  source: 'https://support.circleci.com/hc/en-us/articles/360044869752-Sudden-config-validation-errors',
  check: ({ config, written }, report) => {
    for (const { path, name, body } of written.steps) {
      const [, ...others] = Object.keys(mappingOf(valueAt(config, path)));
      if (others.length === 0) continue;
      const message = `a step is one key, and beside ${quote(name)} there is ${quoteList(others)}`;
      const help = `indent what belongs to ${quote(name)} below it, and give each step a "-" of its own`;
      // A command without a body is called without parameters, and what stands beside it is left out.
      const accepted = body === null && !Object.hasOwn(BUILT_IN_STEPS, name);
      const at = { path: [...path, others[0] ?? ''], at: 'key' } as const;
      report({ ...at, message, help, ...(accepted ? { weight: 'warning' } : {}) });
    }
  },
};
