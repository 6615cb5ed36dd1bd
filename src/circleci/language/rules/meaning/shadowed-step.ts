import { quote } from '../../../../diagnostic/quote.js';
import { BUILT_IN_STEPS } from '../../shape/steps.js';
import type { Rule } from '../rule.js';

export const shadowedStep: Rule = {
  name: 'shadowed-step',
  group: 'meaning',
  weight: 'warning',
  summary: 'A command with the name of a step that CircleCI brings along.',
  why: 'Every step of that name calls the command, and the step of CircleCI can no longer be reached.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#steps',
  check: ({ written }, report) => {
    for (const { kind, name, path } of written.definitions) {
      // What "deploy" was is deprecated, so that its name is free.
      if (kind !== 'commands' || name === 'deploy' || !Object.hasOwn(BUILT_IN_STEPS, name)) continue;
      report({
        path,
        at: 'key',
        message: `the command ${quote(name)} takes the place of the step ${quote(name)}`,
        help: 'give the command another name',
      });
    }
  },
};
