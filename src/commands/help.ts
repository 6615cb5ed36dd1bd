import { wrap } from '../wrap.js';
import { type Command, flagOf, type Parameter, variableOf, verbOf } from './command.js';

/** The help of `build-once` itself. */
export function helpOverview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => verbOf(command).length));
  const lines = commands.map((command) => `  ${verbOf(command).padEnd(width)}  ${command.summary}`);
  return `build-once: the commands that the jobs of a build-once pipeline run.

Usage: build-once COMMAND [OPTIONS]

${lines.join('\n')}

Every option can also come from the environment, as the orb hands it over: --dry-run is BUILD_ONCE_DRY_RUN.
"build-once COMMAND --help" explains a command. "build-once --version" prints the version.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a bug of build-once, 70 timed out, 75 failed and rolled back.
`;
}

/** The help of one command. */
export function helpCommand(command: Command): string {
  const options = Object.entries<Parameter>(command.parameters).map(([name, parameter]) => helpOption(name, parameter));
  return `build-once ${verbOf(command)}: ${command.summary}

${wrap(command.description, WIDTH, '')}

Usage: build-once ${verbOf(command)} [OPTIONS]

${options.join('\n')}
`;
}

function helpOption(name: string, parameter: Parameter): string {
  const value =
    parameter.type === 'boolean'
      ? ''
      : parameter.type === 'enum'
        ? ` ${parameter.enum.join('|')}`
        : ` ${parameter.type.toUpperCase()}`;
  const example =
    parameter.type === 'string' && parameter.example !== undefined ? ` For example ${parameter.example}` : '';
  const fallback =
    parameter.default === undefined
      ? 'Required.'
      : parameter.default === ''
        ? ''
        : `Default: ${String(parameter.default)}`;
  const text = [`${parameter.description}${example}`, fallback, `[${variableOf(name)}]`].filter((part) => part !== '');
  return `  --${flagOf(name)}${value}\n${wrap(text.join(' '), WIDTH, '      ')}`;
}

const WIDTH = 100;
