import { quote } from '../../../../diagnostic/quote.js';
import type { WrittenDefinition } from '../../written/written.js';
import type { Rule } from '../rule.js';

export const nameByCase: Rule = {
  name: 'name-by-case',
  group: 'meaning',
  weight: 'warning',
  summary: 'Two names that differ by their case alone.',
  why: 'CircleCI tells jobs apart without regard to case, so it takes the two for one, or refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#job-name',
  check: ({ written }, report) => {
    const seen = new Map<string, WrittenDefinition>();
    for (const definition of written.definitions) {
      const { kind, name, path, document } = definition;
      const key = [...document.path, kind, name.toLowerCase()].join('/');
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, definition);
        continue;
      }
      const message = `${quote(first.name)} and ${quote(name)} differ by their case alone`;
      report({ path, at: 'key', message, help: 'give one of them another name' });
    }
  },
};
