import { formatHelp } from '../manual/format-help.js';
import { examplesSection, exitSection, type Manual, type ManualSection } from '../manual/manual.js';
import { REPOSITORY_FILES, type RepositoryFile, type Verb, type VerbArgument, type VerbOption } from './verb.js';

/** What every verb may end with. */
const EXITS = {
  0: 'Done, or nothing to do.',
  1: 'The machine refused something: a file that may not be read, a full disk.',
  2: 'Wrong usage, or a problem in the spec. Nothing was written.',
  3: 'A bug of gen-config.',
};

/** The help of `gen-config` itself. */
export function helpOverview(verbs: readonly Verb[]): string {
  const { sections, ...manual } = programManual();
  const entries = verbs.map(({ name, summary }) => ({ term: name, text: summary }));
  return formatHelp({ ...manual, sections: [{ title: 'Verbs', entries }, ...sections] });
}

/** The help of one verb. */
export function helpVerb(verb: Verb): string {
  return formatHelp(verbManual(verb));
}

/** The manual of `gen-config`, without its verbs. */
export function programManual(): Manual {
  return {
    name: 'gen-config',
    summary: 'Write a CircleCI config that builds an image once and ships the same digest everywhere.',
    usage: ['[VERB] [OPTIONS]', 'VERB --help', '--version'],
    description: [
      'Reads a short spec, .circleci/build-once.yml, and writes .circleci/config.yml from it. Without a verb it is generate. It works on files of the repository alone; status is the one verb that asks a server.',
    ],
    sections: [
      exitSection({ ...EXITS, 1: `check found a difference. ${EXITS[1]}` }),
      filesSection(Object.keys(REPOSITORY_FILES) as RepositoryFile[]),
      examplesSection([
        { command: 'gen-config init', what: 'begin: write a spec from what is in this repository' },
        { command: 'gen-config', what: 'write .circleci/config.yml' },
        { command: 'gen-config explain', what: 'read what that config will do' },
      ]),
    ],
    seeAlso: ['build-once(1)', 'docs/getting-started.md', 'docs/spec.md'],
  };
}

/** The manual of one verb. */
export function verbManual(verb: Verb): Manual {
  const { name, summary, description, options, argument, files, exits, examples, seeAlso } = verb;
  const flags = Object.entries(options).map(([flag, option]) => ({
    term: flagText(flag, option),
    text: optionText(option),
  }));
  const help = { term: '-h, --help', text: 'Print this.' };
  return {
    name: `gen-config ${name}`,
    summary,
    usage: [`${argument === undefined ? '' : `${argumentText(argument)} `}[OPTIONS]`],
    description: description.split('\n\n'),
    sections: [
      { title: 'Options', entries: [...flags, help] },
      filesSection(files),
      exitSection({ ...EXITS, ...exits }),
      examplesSection(examples),
    ],
    seeAlso,
  };
}

function filesSection(files: readonly RepositoryFile[]): ManualSection {
  return { title: 'Files', entries: files.map((file) => ({ term: file, text: REPOSITORY_FILES[file] })) };
}

function argumentText({ name, choices, several }: VerbArgument): string {
  if (choices !== undefined) return choices.join('|');
  return `[${name}${several === true ? '...' : ''}]`;
}

function flagText(flag: string, { short, value }: VerbOption): string {
  return `${short === undefined ? '' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
}

function optionText({ description, choices }: VerbOption): string {
  return choices === undefined ? description : `One of ${choices.join(', ')}. ${description}`;
}
