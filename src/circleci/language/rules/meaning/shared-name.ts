import { quote } from '../../../../diagnostic/quote.js';
import type { WrittenDefinition } from '../../written/written.js';
import type { Rule } from '../rule.js';

export const sharedName: Rule = {
  name: 'shared-name',
  group: 'meaning',
  weight: 'off',
  summary: 'A job, a command or an executor with the name of another kind of these.',
  why: 'CircleCI always knows which one is meant, people may not. It works, so this is told only when it is asked for.',
  source: 'https://circleci.com/docs/reference/reusing-config/',
  check: ({ written, yaml }, report) => {
    const first = new Map<string, WrittenDefinition>();
    for (const definition of written.definitions) {
      const { kind, name, path, document } = definition;
      const key = JSON.stringify([document.path, name]);
      const other = first.get(key);
      if (other === undefined || kind === 'job-groups') {
        first.set(key, definition);
        continue;
      }
      report({
        path,
        at: 'key',
        message: `${quote(name)} is under ${quote(other.kind)} too`,
        help: 'give one of the two another name',
        related: [{ message: 'the other', file: yaml.file, range: yaml.keyRange(other.path) }],
      });
    }
  },
};
