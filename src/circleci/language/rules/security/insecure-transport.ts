import type { Rule } from '../rule.js';
import { writtenCommands } from './commands.js';

export const insecureTransport: Rule = {
  name: 'insecure-transport',
  group: 'security',
  weight: 'warning',
  summary: 'A connection whose other end is not verified.',
  why: 'Whoever is on the way can hand out what they like, and reads what is sent.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      for (const [pattern, what] of SWITCHES) {
        const found = pattern.exec(command);
        if (found === null) continue;
        report({
          path,
          part: found[0].trim(),
          message: `${what} does not look at whom it talks to`,
          help: 'remove the switch; install the certificate of a private authority instead',
        });
      }
    }
  },
};

const SWITCHES: readonly (readonly [RegExp, string])[] = [
  [/\bcurl\b[^|;\n]*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?=\s)/, 'curl with "--insecure"'],
  [/\bwget\b[^|;\n]*\s--no-check-certificate\b/, 'wget with "--no-check-certificate"'],
  [/http\.sslVerify[=\s]+["']?false|\bGIT_SSL_NO_VERIFY=(?:1|true)/, 'git without "sslVerify"'],
  [/\bstrict-ssl[=\s]+false|\bNODE_TLS_REJECT_UNAUTHORIZED=["']?0/, 'Node.js or npm without TLS verification'],
  [/\bkubectl\b[^|;\n]*\s--insecure-skip-tls-verify\b/, 'kubectl with "--insecure-skip-tls-verify"'],
];
