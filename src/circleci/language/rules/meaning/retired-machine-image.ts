import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const retiredMachineImage: Rule = {
  name: 'retired-machine-image',
  group: 'meaning',
  weight: 'warning',
  summary: 'A machine image that CircleCI has taken away.',
  why: 'The job does not start.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#available-linux-machine-images-cloud',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      const isMachine = (path.at(-1) === 'image' && path.at(-2) === 'machine') || path.at(-1) === 'machine';
      if (!isMachine || !RETIRED.test(text)) continue;
      report({
        path,
        message: `the machine image ${quote(text)} is no longer there`,
        help: 'use "ubuntu-2404:current", or another one of https://circleci.com/developer/images?imageType=machine',
      });
    }
  },
};

/** Ubuntu 14.04 and 16.04 went in 2022, the dated images of 2020 and 2021 in 2024. */
const RETIRED =
  /^(?:circleci\/classic|ubuntu-1[46]04|ubuntu-1604-cuda|ubuntu-(?:1804|2004):20(?:19|20|21)|ubuntu-1804)/;
