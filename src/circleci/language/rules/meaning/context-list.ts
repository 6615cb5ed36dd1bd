import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const contextList: Rule = {
  name: 'context-list',
  group: 'meaning',
  weight: 'warning',
  summary: 'Contexts that are empty or named twice.',
  why: 'Each context must be named once; an empty name is no context, and the job waits for what it does not get.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#context',
  check: ({ written }, report) => {
    for (const { body, bodyPath } of written.invocations) {
      const { context } = body;
      const seen = new Set<unknown>();
      for (const [index, name] of [context].flat().entries()) {
        if (name === undefined || name === null) continue;
        const path = Array.isArray(context) ? [...bodyPath, 'context', index] : [...bodyPath, 'context'];
        if (String(name).trim() === '') report({ path, message: 'the name of a context is empty' });
        else if (seen.has(name)) report({ path, message: `the context ${quote(name)} is named twice` });
        seen.add(name);
      }
    }
  },
};
