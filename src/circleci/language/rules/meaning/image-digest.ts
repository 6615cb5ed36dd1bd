import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const imageDigest: Rule = {
  name: 'image-digest',
  group: 'meaning',
  weight: 'error',
  summary: 'A digest of an image that is none.',
  why: 'The image cannot be pulled, so the job fails before its first step.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#docker',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      if (path.at(-1) !== 'image' || !text.includes('@') || text.includes('<<')) continue;
      const digest = text.slice(text.indexOf('@') + 1);
      if (/^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$|^\$/.test(digest)) continue;
      report({ path, message: `${quote(digest)} is no digest, expected "sha256:" and 64 of 0-9 and a-f` });
    }
  },
};
