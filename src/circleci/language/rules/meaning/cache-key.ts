import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const cacheKey: Rule = {
  name: 'cache-key',
  group: 'meaning',
  weight: 'warning',
  summary: 'A cache that is saved under a key which never changes.',
  why: 'A cache is written once for a key and never again, so this one is as old as the first job that saved it.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#savecache',
  check: ({ written }, report) => {
    for (const { name, body, bodyPath } of written.steps) {
      const key = name === 'save_cache' ? mappingOf(body)['key'] : undefined;
      if (typeof key !== 'string' || key.includes('{{') || key.includes('<<')) continue;
      const message = `the cache ${quote(key)} is saved once and never again: nothing in its key changes`;
      report({
        path: [...bodyPath, 'key'],
        message,
        help: 'add what it depends on, {{ checksum "package-lock.json" }}',
      });
    }
  },
};
