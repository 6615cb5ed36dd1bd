import { formatHelp } from '../manual/format-help.js';
import { examplesSection, exitSection, type Manual } from '../manual/manual.js';
import { type Command, flagOf, type Parameter, variableOf, verbOf } from './command.js';
import { environmentOf } from './environment.js';

const EXITS = {
  0: 'Done, or it was done already. The last line says which.',
  1: 'It failed. The first line says why, the last one, with "->", what to do.',
  2: 'Wrong usage. Nothing was changed.',
  3: 'A bug of build-once.',
};
const TIMED_OUT = { 70: 'Timed out. The first line says what was waited for.' };
const ROLLED_BACK = { 75: 'Failed, and rolled back.' };

/** The help of `build-once` itself. */
export function helpOverview(commands: readonly Command[]): string {
  const { sections, ...manual } = programManual();
  const entries = commands.map((command) => ({ term: verbOf(command), text: command.summary }));
  return formatHelp({ ...manual, sections: [{ title: 'Commands', entries }, ...sections] });
}

/** The help of one command. */
export function helpCommand(command: Command): string {
  return formatHelp(commandManual(command));
}

/** The manual of `build-once`, without its commands. */
export function programManual(): Manual {
  return {
    name: 'build-once',
    summary: 'The commands that the jobs of a build-once pipeline run.',
    usage: ['COMMAND [OPTIONS]', 'COMMAND --help', '--version'],
    description: [
      'Each command looks first, then changes what has to be changed, and then verifies what it did. It can be run again at any time: what is done already is recognised, said, and not done twice.',
      'Every option can also come from the environment, as the orb hands it over: --dry-run is BUILD_ONCE_DRY_RUN. A value may hold $NAME, which is looked up in the environment; no shell reads it.',
    ],
    sections: [exitSection({ ...EXITS, ...TIMED_OUT, ...ROLLED_BACK })],
    seeAlso: ['gen-config(1)', 'docs/orb.md', 'docs/guarantee.md', 'docs/troubleshooting.md'],
  };
}

/** The manual of one command. */
export function commandManual(command: Command): Manual {
  const parameters = Object.entries<Parameter>(command.parameters);
  const required = parameters.filter(([, parameter]) => parameter.default === undefined).map(termOf);
  const options = parameters.map((entry) => ({ term: termOf(entry), text: textOf(entry) }));
  return {
    name: `build-once ${verbOf(command)}`,
    summary: command.summary,
    usage: [[...required, '[OPTIONS]'].join(' ')],
    description: [command.description],
    sections: [
      { title: 'Options', entries: [...options, { term: '-h, --help', text: 'Print this.' }] },
      { title: 'Environment', entries: environmentOf(command) },
      { title: 'Files', entries: command.files.map(({ path, what }) => ({ term: path, text: what })) },
      exitSection({ ...EXITS, ...('timeout' in command.parameters ? TIMED_OUT : {}) }),
      examplesSection(command.examples),
    ],
    seeAlso: command.seeAlso,
  };
}

function termOf([name, parameter]: readonly [string, Parameter]): string {
  const value =
    parameter.type === 'boolean'
      ? ''
      : parameter.type === 'enum'
        ? ` ${parameter.enum.join('|')}`
        : ` ${parameter.type.toUpperCase()}`;
  return `--${flagOf(name)}${value}`;
}

function textOf([name, parameter]: readonly [string, Parameter]): string {
  const example =
    parameter.type === 'string' && parameter.example !== undefined ? [`For example: ${parameter.example}`] : [];
  const fallback =
    parameter.default === undefined || parameter.default === '' || parameter.type === 'boolean'
      ? []
      : [`Default: ${String(parameter.default)}`];
  return [parameter.description, ...example, ...fallback, `[${variableOf(name)}]`].join(' ');
}
