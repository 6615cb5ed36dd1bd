import { quote } from '../../../../diagnostic/quote.js';
import { conditionTexts } from '../../written/conditions.js';
import type { Rule } from '../rule.js';

export const alwaysTrue: Rule = {
  name: 'always-true',
  group: 'meaning',
  weight: 'warning',
  summary: 'A condition of a step that is always true.',
  why: 'The condition of a step is a logic statement. A text is no expression there: it is true because it is not empty, so the steps always run.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#logic-statements',
  check: ({ written }, report) => {
    for (const { kind, text, path } of conditionTexts(written)) {
      if (kind !== 'step' || text.includes('<<') || /^\s*(?:true|false|\d+)?\s*$/.test(text)) continue;
      const message = `${quote(text)} is no expression here but a text, which is always true`;
      report({ path, message, help: 'write "<< parameters.NAME >>", or a logic statement such as "equal: [A, B]"' });
    }
  },
};
