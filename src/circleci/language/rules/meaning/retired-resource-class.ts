import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const retiredResourceClass: Rule = {
  name: 'retired-resource-class',
  group: 'meaning',
  weight: 'warning',
  summary: 'A resource class of macOS that CircleCI has taken away.',
  why: 'The job does not start.',
  source: 'https://circleci.com/changelog/deprecation-of-mac-m1-and-m2-resource-classes/',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      if (path.at(-1) !== 'resource_class' || !RETIRED.test(text)) continue;
      const message = `the resource class ${quote(text)} is no longer there`;
      report({ path, message, help: 'use "m4pro.medium", and a version of Xcode that it has' });
    }
  },
};

/** The machines with Intel processors went in June 2024, those with M1 and M2 in February 2026. */
const RETIRED = /^(?:macos\.(?:x86|m1)\.|m2pro\.)/;
