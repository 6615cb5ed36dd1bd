import { parseArgs } from 'node:util';
import { suggest } from '../diagnostic/suggest.js';
import type { Io } from '../io/io.js';
import { VERSION } from '../version.js';
import { helpOverview, helpVerb } from './help.js';
import type { Verb, VerbValues } from './verb.js';
import { verbs } from './verbs.js';

/** `gen-config ARGS`. Each verb is loaded when it is called; without one it is `generate`. */
export async function runGenConfig(args: readonly string[], io: Io): Promise<number> {
  const [first = '', second] = args;
  if (first === '--version' || first === '-v') {
    io.stdout.write(`gen-config ${VERSION}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const about = verbs.find(({ name }) => name === second);
    if (about === undefined && first === 'help' && second !== undefined) return refuseVerb(second, io);
    io.stdout.write(about === undefined ? helpOverview(verbs) : helpVerb(about));
    return 0;
  }
  const named = first !== '' && !first.startsWith('-');
  const verb = verbs.find(({ name }) => name === (named ? first : 'generate'));
  if (verb === undefined) return refuseVerb(first, io);
  return runVerb(verb, named ? args.slice(1) : args, io);
}

function refuseVerb(name: string, io: Io): number {
  const near = suggest(
    name,
    verbs.map((verb) => verb.name),
  );
  return refuse(`there is no verb "${name}"${near === undefined ? '' : `, did you mean "${near}"?`}`, undefined, io);
}

async function runVerb(verb: Verb, args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(verb, args);
  if (typeof read === 'string') return refuse(read, verb, io);
  if (read.values['help'] === true) {
    io.stdout.write(helpVerb(verb));
    return 0;
  }
  const run = await verb.run();
  return run(read.values, io, read.words);
}

function refuse(message: string, verb: Verb | undefined, io: Io): number {
  const help =
    verb === undefined ? 'gen-config --help lists the verbs.' : `gen-config ${verb.name} --help explains it.`;
  io.stderr.write(`gen-config: ${message}\n  -> ${help}\n`);
  return 2;
}

interface Arguments {
  readonly values: VerbValues;
  /** The words that are no options. */
  readonly words: readonly string[];
}

/** The options and the word that follow a verb, or what is wrong with them. */
function readArguments(verb: Verb, args: readonly string[]): Arguments | string {
  const options = Object.fromEntries(
    Object.entries(verb.options).map(([flag, { type, short, several }]) => [
      flag,
      { type, ...(short === undefined ? {} : { short }), ...(several === undefined ? {} : { multiple: several }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    const most = verb.argument === undefined ? 0 : verb.argument.several === true ? positionals.length : 1;
    const extra = positionals[most];
    if (extra !== undefined) {
      const isVerb = verbs.some(({ name }) => name === extra);
      return isVerb ? `"${extra}" is not the first word: gen-config ${extra} ...` : `"${extra}" is one word too many`;
    }
    return checkChoices(verb, values) ?? { values, words: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return describeFlag(error, verb);
  }
}

function checkChoices(verb: Verb, values: VerbValues): string | undefined {
  for (const [flag, { choices }] of Object.entries(verb.options)) {
    const value = values[flag];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    const near = suggest(value, choices);
    return `--${flag} is "${value}", expected one of ${choices.join(', ')}${near === undefined ? '' : `. Did you mean "${near}"?`}`;
  }
  return undefined;
}

function describeFlag(error: TypeError, verb: Verb): string {
  const flag = /'--([^' =]+)/.exec(error.message)?.[1];
  const near = flag === undefined ? undefined : suggest(flag, [...Object.keys(verb.options), 'help']);
  const elsewhere = verbs.find(({ options }) => flag !== undefined && options[flag] !== undefined);
  const [message = ''] = error.message.split('. ');
  const said = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  if (near !== undefined && near !== flag) return `${said}, did you mean --${near}?`;
  return elsewhere !== undefined && elsewhere !== verb ? `${said}: it goes with ${elsewhere.name}` : said;
}
