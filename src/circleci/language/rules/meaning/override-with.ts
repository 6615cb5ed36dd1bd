import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf, own } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const overrideWith: Rule = {
  name: 'override-with',
  group: 'meaning',
  weight: 'error',
  summary: 'An "override-with" that names no job of an orb.',
  why: 'CircleCI refuses the config: only a job of an orb can take the place of another.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#override-with',
  check: ({ written }, report) => {
    for (const { body, bodyPath, document } of written.invocations) {
      const target = body['override-with'];
      if (typeof target !== 'string' || target.includes('<<')) continue;
      const path = [...bodyPath, 'override-with'];
      const [alias = '', name] = target.split('/');
      if (name === undefined)
        report({ path, message: `${quote(target)} is no job of an orb`, help: 'expected ORB/JOB' });
      else if (own(mappingOf(document.value['orbs']), alias) === undefined) {
        report({ path, message: `there is no orb ${quote(alias)}, so the job itself runs`, weight: 'warning' });
      }
    }
  },
};
