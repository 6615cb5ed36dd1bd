import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';
import { SECRET, writtenCommands } from './commands.js';

export const shellTrace: Rule = {
  name: 'shell-trace',
  group: 'security',
  weight: 'warning',
  summary: 'A script that prints its commands, "set -x", and uses a secret.',
  why: 'Every command is printed with its arguments, so the secret is in the log. CircleCI masks the values of contexts and projects, and not what is made of them.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      const trace = /(?:^|[\s;&(])set\s+-[a-wyz]*x[a-z]*|(?:^|[\s;&(])set\s+-o\s+xtrace|\bbash\s+-[a-wyz]*x/m.exec(
        command,
      );
      const secret = SECRET.exec(command)?.[1];
      if (trace === null || secret === undefined) continue;
      report({
        path,
        part: trace[0].trim(),
        message: `${quote(trace[0].trim())} prints what the script does with ${quote(secret)}`,
        help: 'switch it off around what uses the secret: "set +x"',
      });
    }
  },
};
