import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const oneEnvironment: Rule = {
  name: 'one-environment',
  group: 'shape',
  weight: 'error',
  summary: 'A job or executor that names two kinds of machines.',
  why: 'CircleCI refuses the config: steps run in one place, a container, a virtual machine or a Mac.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#executor-job',
  check: ({ written }, report) => {
    for (const { kind, name, path, value } of written.definitions) {
      const [first, second] = ['docker', 'machine', 'macos'].filter((key) => value[key] !== undefined);
      if (first === undefined || second === undefined) continue;
      const what = kind === 'jobs' ? 'job' : 'executor';
      const message = `the ${what} ${quote(name)} has ${quote(first)} and ${quote(second)}, expected one of them`;
      report({ path: [...path, second], at: 'key', message });
    }
  },
};
