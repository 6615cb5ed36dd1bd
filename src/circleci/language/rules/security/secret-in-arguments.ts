import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';
import { writtenCommands } from './commands.js';

export const secretInArguments: Rule = {
  name: 'secret-in-arguments',
  group: 'security',
  weight: 'warning',
  summary: 'A secret that is handed to a program in its arguments.',
  why: 'Arguments are seen by every process of the machine, by "set -x" and by the program\'s own messages.',
  source: 'https://docs.docker.com/reference/cli/docker/login/#password-stdin',
  check: ({ written }, report) => {
    for (const { command, path } of writtenCommands(written)) {
      const found = LOGIN.exec(command);
      if (found === null) continue;
      const [, program = ''] = found;
      report({
        path,
        part: found[0].trim(),
        message: `the password of ${quote(program.trim().replaceAll(/\s+/g, ' '))} is among its arguments`,
        help: 'hand it over on standard input: echo "$PASSWORD" | docker login --username "$USER" --password-stdin',
      });
    }
  },
};

const LOGIN =
  /\b((?:docker|podman|buildah|skopeo|helm\s+registry|oras|crane\s+auth)\s+login)\b(?:(?!\n)[^;&|]|\\\n)*?\s(?:-p[=\s]*|--password[=\s]+)["']?\$/;
