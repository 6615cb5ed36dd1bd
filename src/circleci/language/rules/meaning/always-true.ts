import { quote } from '../../../../diagnostic/quote.js';
import { parseExpression } from '../../expressions/parse.js';
import { conditionTexts } from '../../written/conditions.js';
import type { Rule } from '../rule.js';

export const alwaysTrue: Rule = {
  name: 'always-true',
  group: 'meaning',
  weight: 'warning',
  summary: 'A condition of a step that is always true.',
  why: 'A text that is no expression is true because it is not empty, so the steps always run.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#logic-statements',
  check: ({ written }, report) => {
    for (const { kind, text, path } of conditionTexts(written)) {
      if (kind !== 'step' || text.includes('<<') || text.trim() === '') continue;
      const parsed = parseExpression(text);
      if (parsed.ok && /["\d.]|\b(?:true|false)\b/.test(text)) continue;
      const message = `${quote(text)} is no expression but a text, which is always true`;
      report({ path, message, help: 'write "<< parameters.NAME >>", or a logic statement such as "equal: [A, B]"' });
    }
  },
};
