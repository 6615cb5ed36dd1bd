import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const machineWithoutImage: Rule = {
  name: 'machine-without-image',
  group: 'meaning',
  weight: 'warning',
  summary: 'A virtual machine without an image.',
  why: 'On CircleCI\'s cloud "machine: true" is deprecated: the image is whatever CircleCI takes. It is right for a self-hosted runner, which its "resource_class" names.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#machine',
  check: ({ written }, report) => {
    for (const { path, value } of written.definitions) {
      const { machine, resource_class: size } = value;
      if (machine !== true || /\/|<</.test(String(size ?? mappingOf(value['machine'])['resource_class'] ?? '')))
        continue;
      report({
        path: [...path, 'machine'],
        message: '"machine: true" is deprecated',
        help: 'name an image: "machine: { image: ubuntu-2404:current }"',
      });
    }
  },
};
