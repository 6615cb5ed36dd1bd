import type { Rule } from '../rule.js';
import { findAssigned, findByName, findKey } from './secrets.js';

export const literalSecret: Rule = {
  name: 'literal-secret',
  group: 'security',
  weight: 'warning',
  summary: 'A secret that is written in the config.',
  why: 'Everyone who can read the repository has it, for as long as its history lasts.',
  source: 'https://circleci.com/docs/guides/security/contexts/',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      const assigned = path.at(-1) === 'command' || path.at(-1) === 'run' ? findAssigned(text) : undefined;
      const found = findKey(text) ?? findByName(text, path) ?? assigned?.what;
      if (found === undefined) continue;
      report({
        path,
        ...(found === assigned?.what ? { part: assigned.part } : {}),
        message: `${found} is written in the config`,
        help: 'take it back where it was issued, and put the new one into a context',
      });
    }
  },
};
