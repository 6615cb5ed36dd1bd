import type { Rule } from '../rule.js';
import { findByName, findKey } from './secrets.js';

export const literalSecret: Rule = {
  name: 'literal-secret',
  group: 'security',
  weight: 'warning',
  summary: 'A secret that is written in the config.',
  why: 'Everyone who can read the repository has it, for as long as its history lasts.',
  source: 'https://circleci.com/docs/guides/security/contexts/',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      const found = findKey(text) ?? findByName(text, path);
      if (found === undefined) continue;
      report({
        path,
        message: `${found} is written in the config`,
        help: 'take it back where it was issued, and put the new one into a context',
      });
    }
  },
};
