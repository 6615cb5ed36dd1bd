import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';
import { writtenCommands } from './commands.js';

export const pipedDownload: Rule = {
  name: 'piped-download',
  group: 'security',
  weight: 'warning',
  summary: 'A script that is downloaded and run at once.',
  why: 'Whoever controls the address, or the way to it, runs what they like with the secrets of the job. Nobody has looked at the script, and it is another one tomorrow.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      const found = PIPED.exec(command) ?? SUBSTITUTED.exec(command);
      if (found === null) continue;
      const address = /https?:\/\/[^\s"'|)]+/.exec(found[0])?.[0];
      const what = address === undefined ? 'a script' : quote(address);
      report({
        path,
        part: found[0].trim(),
        message: `${what} is downloaded and run without a look at it`,
        help: 'download a version to a file, compare its checksum, then run it',
      });
    }
  },
};

const SHELL = String.raw`(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:\w+=\S*\s+)*(?:/(?:usr/)?bin/)?(?:ba|z|da|k)?sh\b|(?:sudo\s+(?:-\S+\s+)*)?(?:python3?|node|perl|ruby)(?=\s*(?:-(?:\s|$)|$|[\n;&|]))`;
const PIPED = new RegExp(String.raw`\b(?:curl|wget)\b[^|;&\n]*(?:\\\n[^|;&\n]*)*\|\s*(?:${SHELL})`);
const SUBSTITUTED =
  /(?:\b(?:ba|z)?sh\s+(?:-\S+\s+)*|\b(?:source|eval)\s+|(?:^|\s)\.\s+)["']?(?:<\(|\$\(|`)\s*(?:curl|wget)\b[^)\n]*/m;
