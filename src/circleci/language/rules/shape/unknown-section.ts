import { quote } from '../../../../diagnostic/quote.js';
import { suggest } from '../../../../diagnostic/suggest.js';
import type { Yaml } from '../../../../yaml/parse.js';
import { SECTIONS } from '../../shape/config.js';
import type { Rule } from '../rule.js';

/** Whether an anchor stands behind the key, or on a line below it: then it is there for the anchor. */
function holdsAnchor({ text, keyRange }: Yaml, key: string): boolean {
  const lines = text.split('\n').slice(keyRange([key]).start.line - 1);
  const end = lines.findIndex((line, index) => index > 0 && /^[^\s#-]/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).some((line) => /(?:^|\s)&[\w-]/.test(line));
}

export const unknownSection: Rule = {
  name: 'unknown-section',
  group: 'shape',
  weight: 'warning',
  summary: 'A key at the top that is almost the name of a section.',
  why: 'CircleCI tolerates any key at the top, so a misspelt section is accepted and has no effect.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: ({ config, yaml }, report) => {
    for (const key of Object.keys(config)) {
      if (SECTIONS.includes(key)) continue;
      const near = suggest(
        key,
        SECTIONS.filter((section) => config[section] === undefined),
      );
      if (near === undefined || holdsAnchor(yaml, key)) continue;
      const message = `unknown section ${quote(key)}, which CircleCI leaves out`;
      report({ path: [key], at: 'key', message, help: `did you mean ${quote(near)}?` });
    }
  },
};
