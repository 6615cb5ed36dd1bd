import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const duplicateKey: Rule = {
  name: 'duplicate-key',
  group: 'meaning',
  weight: 'error',
  summary: 'A key stands twice in one mapping.',
  why: "CircleCI's parser refuses the config. Parsers that do not refuse it keep one of the two and drop the other.",
  source: 'https://yaml.org/spec/1.1/#id932806',
  check: ({ yaml }, report) => {
    for (const { key, first, second } of yaml.duplicates()) {
      report({
        span: second,
        message: `the key ${quote(key)} stands here a second time`,
        help: 'rename one of the two, or put what they hold under one key',
        related: [{ message: 'the first', file: yaml.file, range: yaml.range(first) }],
      });
    }
  },
};
