import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const unusedAnchor: Rule = {
  name: 'unused-anchor',
  group: 'meaning',
  weight: 'warning',
  summary: 'An anchor that no alias stands for.',
  why: 'It looks as if what it names were used elsewhere, so that nobody dares to change it.',
  source: 'https://yaml.org/spec/1.1/#id899912',
  check: ({ yaml }, report) => {
    for (const { name, span } of yaml.unusedAnchors()) {
      const message = `nothing refers to the anchor ${quote(`&${name}`)}`;
      report({ span, message, help: `write "*${name}" where it is meant, or remove the anchor` });
    }
  },
};
