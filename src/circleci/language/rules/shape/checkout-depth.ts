import { isMapping } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const checkoutDepth: Rule = {
  name: 'checkout-depth',
  group: 'shape',
  weight: 'error',
  summary: 'A checkout whose "depth" and "method" do not fit.',
  why: 'CircleCI refuses the config: only a shallow checkout has a depth, and it needs one.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#checkout',
  check: ({ written }, report) => {
    for (const { name, body, bodyPath } of written.steps) {
      if (name !== 'checkout' || !isMapping(body)) continue;
      const { method, depth } = body;
      if (typeof method === 'string' && method.includes('<<')) continue;
      if (method === 'shallow' && depth === undefined) {
        report({ path: [...bodyPath, 'method'], message: 'a shallow checkout needs a "depth"' });
      } else if (method !== 'shallow' && depth !== undefined) {
        const message = 'only a shallow checkout has a "depth"';
        report({ path: [...bodyPath, 'depth'], at: 'key', message, help: 'add "method: shallow", or remove it' });
      }
    }
  },
};
