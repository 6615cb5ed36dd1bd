import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';
import { usedTexts } from './usage.js';

export const unusedOrb: Rule = {
  name: 'unused-orb',
  group: 'meaning',
  weight: 'warning',
  summary: 'An orb that is imported and not used.',
  why: 'Every pipeline fetches it, and a version of it that is taken away breaks a config that does not need it.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#orbs',
  check: ({ written }, report) => {
    const texts = [
      ...usedTexts(written),
      ...written.documents.flatMap(({ value }) => Object.keys(mappingOf(value['jobs']))),
    ];
    for (const document of written.documents) {
      for (const alias of Object.keys(mappingOf(document.value['orbs']))) {
        if (texts.some((text) => text.startsWith(`${alias}/`) || (/^\s*<</.test(text) && text.includes('>>/'))))
          continue;
        const message = `nothing uses the orb ${quote(alias)}`;
        report({ path: [...document.path, 'orbs', alias], at: 'key', message, help: 'remove it' });
      }
    }
  },
};
