import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Rule } from '../rule.js';

export const cacheTemplate: Rule = {
  name: 'cache-template',
  group: 'meaning',
  weight: 'warning',
  summary: 'A template in a cache key that CircleCI does not know.',
  why: 'The step fails, or the key is not the one that was meant.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#savecache',
  check: ({ written }, report) => {
    for (const { name, body, bodyPath } of written.steps) {
      if (name !== 'save_cache' && name !== 'restore_cache') continue;
      const { key, keys } = mappingOf(body);
      const paths: (readonly [unknown, Path])[] = [[key, [...bodyPath, 'key']]];
      for (const [index, one] of (Array.isArray(keys) ? keys : []).entries())
        paths.push([one, [...bodyPath, 'keys', index]]);
      for (const [text, path] of paths) {
        for (const [, template = ''] of String(text ?? '').matchAll(/\{\{(.*?)\}\}/g)) {
          if (KNOWN.test(template) || template.includes('<<')) continue;
          const message = `${quote(template.trim())} is no template of a cache key`;
          report({
            path,
            message,
            help: 'expected one of checksum "FILE", .Branch, .BuildNum, .Revision, .CheckoutKey, .Environment.NAME, epoch, arch',
          });
        }
      }
    }
  },
};

const KNOWN =
  /^-?\s*(?:checksum\s+(?:"[^"]*"|`[^`]*`|\.\S+)|\.(?:Branch|BuildNum|Revision|CheckoutKey)|\.Environment\.\w+|epoch|arch)\s*-?$/;
