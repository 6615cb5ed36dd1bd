import { quote } from '../../../../diagnostic/quote.js';
import { isMapping } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const untaggedImage: Rule = {
  name: 'untagged-image',
  group: 'meaning',
  weight: 'off',
  summary: 'A Docker image without a tag.',
  why: 'It is the image "latest", whatever that is when the job starts. It works, so this is told only when it is asked for; in a job that holds credentials "floating-image" tells it.',
  source: 'https://circleci.com/docs/guides/execution-managed/using-docker/',
  check: ({ written }, report) => {
    for (const { value, path } of written.definitions) {
      for (const [index, image] of (Array.isArray(value['docker']) ? value['docker'] : []).entries()) {
        const name: unknown = isMapping(image) ? image['image'] : undefined;
        if (typeof name !== 'string' || /[@$<]|:[^/]*$/.test(name)) continue;
        const message = `${quote(name)} has no tag`;
        report({ path: [...path, 'docker', index, 'image'], message, help: 'name a version, or the digest' });
      }
    }
  },
};
