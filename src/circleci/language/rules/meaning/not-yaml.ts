import type { Rule } from '../rule.js';

export const notYaml: Rule = {
  name: 'not-yaml',
  group: 'meaning',
  weight: 'error',
  summary: 'The text is not YAML.',
  why: 'CircleCI cannot read it, so no job of any workflow runs.',
  source: 'https://yaml.org/spec/1.1/',
  check: () => {
    // Found when the text is read; without it there is nothing to check.
  },
};
