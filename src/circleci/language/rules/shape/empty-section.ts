import { quote } from '../../../../diagnostic/quote.js';
import { isMapping } from '../../../../yaml/mapping.js';
import { SECTIONS } from '../../shape/config.js';
import type { Rule } from '../rule.js';

export const emptySection: Rule = {
  name: 'empty-section',
  group: 'shape',
  weight: 'warning',
  summary: 'A section with nothing in it.',
  why: 'It has no effect. Mostly what was meant to be in it is indented too little.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: ({ config }, report) => {
    for (const section of SECTIONS) {
      if (!(section in config) || section === 'version' || section === 'setup') continue;
      const value = config[section];
      const empty = value === null || (isMapping(value) && Object.keys(value).length === 0);
      if (empty) report({ path: [section], at: 'key', message: `${quote(section)} has nothing in it` });
    }
  },
};
