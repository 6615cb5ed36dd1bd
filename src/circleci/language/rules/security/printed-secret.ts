import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';
import { SECRET, writtenCommands } from './commands.js';

export const printedSecret: Rule = {
  name: 'printed-secret',
  group: 'security',
  weight: 'warning',
  summary: 'A secret, or the whole environment, that is printed.',
  why: 'It is in the log, which everyone who sees the job can read. CircleCI masks the values of contexts and projects, and neither short ones nor what is made of them.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      const found = PRINTED.exec(command) ?? DUMPED.exec(command);
      if (found === null) continue;
      const text = found[0].trim();
      report({
        path,
        part: text,
        message: `${quote(text)} writes secrets into the log`,
        help: 'print the names that are set, not their values: env | cut -d= -f1',
      });
    }
  },
};

/** `echo "$TOKEN"` whose output goes nowhere else. */
const PRINTED = new RegExp(`^[ \\t]*echo\\s+["']?${SECRET.source}\\}?["']?[ \\t]*$`, 'im');

const DUMPED = /^[ \t]*(?:env|printenv|export -p)(?:[ \t]*\|[ \t]*sort)?[ \t]*$/m;
