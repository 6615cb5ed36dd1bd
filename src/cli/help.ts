import { wrap } from '../wrap.js';
import type { Verb, VerbArgument, VerbOption } from './verb.js';

const WIDTH = 100;

/** The help of `gen-config` itself. */
export function helpOverview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  return `gen-config: writes a CircleCI config that builds an image once and ships the same digest everywhere.

Usage: gen-config [VERB] [OPTIONS]

${verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

"gen-config VERB --help" explains a verb. "gen-config --version" prints the version.

Exit codes: 0 done or current, 1 check found a difference, 2 wrong usage or a problem in the spec, 3 a bug of gen-config.
`;
}

/** The help of one verb. */
export function helpVerb(verb: Verb): string {
  const { name, summary, description, options, argument, examples } = verb;
  const usage = [`gen-config ${name}`, ...(argument === undefined ? [] : [argumentText(argument)])];
  const flags = Object.entries(options).map(
    ([flag, option]) => `  ${flagText(flag, option)}\n${wrap(optionText(option), WIDTH, '      ')}`,
  );
  const paragraphs = description.split('\n\n').map((paragraph) => wrap(paragraph, WIDTH, ''));
  const commands = examples.map((example) => `  ${example.command}\n${wrap(example.what, WIDTH, '      ')}`);
  return `${[
    `gen-config ${name}: ${summary}`,
    ...paragraphs,
    `Usage: ${usage.join(' ')}${flags.length > 0 ? ' [OPTIONS]' : ''}`,
    ...(flags.length > 0 ? [flags.join('\n')] : []),
    `Examples:\n${commands.join('\n')}`,
  ].join('\n\n')}\n`;
}

function argumentText({ name, choices, several }: VerbArgument): string {
  if (choices !== undefined) return choices.join('|');
  return `[${name}${several === true ? '...' : ''}]`;
}

function flagText(flag: string, { short, value }: VerbOption): string {
  const long = `--${flag}${value === undefined ? '' : ` ${value}`}`;
  return short === undefined ? long : `${long}, -${short}${value === undefined ? '' : ` ${value}`}`;
}

function optionText({ description, choices }: VerbOption): string {
  return choices === undefined ? description : `${description} One of ${choices.join(', ')}.`;
}
