import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const floatingOrb: Rule = {
  name: 'floating-orb',
  group: 'security',
  weight: 'warning',
  summary: 'An orb whose version can change between two runs.',
  why: '"volatile" is the newest version and "dev:" one that can be written over: what runs with the secrets of a job tomorrow is not what was looked at.',
  source: 'https://circleci.com/docs/orbs/use/orb-intro/#orb-versions',
  check: ({ written }, report) => {
    for (const document of written.documents) {
      for (const [alias, reference] of Object.entries(mappingOf(document.value['orbs']))) {
        if (typeof reference !== 'string' || reference.includes('<<') || !/@(?:volatile$|dev:)/.test(reference))
          continue;
        report({
          path: [...document.path, 'orbs', alias],
          message: `${quote(reference)} can change between two runs`,
          help: 'name a version, "@1.2.3"',
        });
      }
    }
  },
};
