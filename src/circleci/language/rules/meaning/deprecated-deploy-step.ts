import { mappingOf, own } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const deprecatedDeployStep: Rule = {
  name: 'deprecated-deploy-step',
  group: 'meaning',
  weight: 'warning',
  summary: 'A step "deploy".',
  why: 'It is deprecated, and what it did beyond a "run" step is no longer documented.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#deploy-deprecated',
  check: ({ written }, report) => {
    for (const { name, path, document } of written.steps) {
      if (name !== 'deploy' || own(mappingOf(document.value['commands']), 'deploy') !== undefined) continue;
      report({
        path: [...path, 'deploy'],
        at: 'key',
        message: 'the step "deploy" is deprecated',
        help: 'use "run"; in a job with "parallelism" see the page on migrating from deploy to run',
      });
    }
  },
};
