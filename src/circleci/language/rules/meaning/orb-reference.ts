import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const orbReference: Rule = {
  name: 'orb-reference',
  group: 'meaning',
  weight: 'error',
  summary: 'A reference to an orb that is none.',
  why: 'CircleCI cannot find the orb and refuses the config.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#orbs',
  check: ({ written }, report) => {
    for (const document of written.documents) {
      for (const [alias, reference] of Object.entries(mappingOf(document.value['orbs']))) {
        if (typeof reference !== 'string' || reference.includes('<<') || REFERENCE.test(reference)) continue;
        const help = /^[\w-]+\/[\w-]+$/.test(reference)
          ? 'add the version, "@1.2.3"'
          : 'expected NAMESPACE/NAME@VERSION, or an address that starts with "https://"';
        report({ path: [...document.path, 'orbs', alias], message: `${quote(reference)} is no orb`, help });
      }
    }
  },
};

const REFERENCE = /^[\w-]+\/[\w-]+@(?:\d+(?:\.\d+){0,2}|volatile|dev:.+)$|^https:\/\/\S+$/;
