import { parseArgs } from 'node:util';
import { suggest } from '../diagnostic/suggest.js';
import type { Io } from '../io/io.js';
import { plainText } from '../io/plain-text.js';
import { VERSION } from '../version.js';
import { type Command, type Failure, flagOf, type Parameter, verbOf } from './command.js';
import { helpCommand, helpOverview } from './help.js';
import { commands } from './list.js';
import { type Given, readOptions } from './options.js';

/** Codes that a process ends with; the same everywhere. */
export type ExitCode = 0 | 1 | 2 | 3 | 70 | 75;

/**
 * `build-once ARGS`: finds the command, reads its options, runs it, prints how it ended.
 * @param args the words after the program's name
 */
export async function runBuildOnce(args: readonly string[], io: Io): Promise<ExitCode> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    const about = commands.find((command) => verbOf(command) === rest[0]);
    (verb === undefined ? io.stderr : io.stdout).write(
      about === undefined ? helpOverview(commands) : helpCommand(about),
    );
    return verb === undefined ? 2 : 0;
  }
  if (verb === '--version' || verb === '-v') {
    io.stdout.write(`build-once ${VERSION}\n`);
    return 0;
  }
  const command = commands.find((known) => verbOf(known) === verb || known.name === verb);
  if (command === undefined) {
    const near = suggest(verb, commands.map(verbOf));
    return end(verb, unknownCommand(verb, near), io);
  }
  return runOne(command, rest, io);
}

function unknownCommand(verb: string, near: string | undefined): Failure {
  const cause = `there is no command "${verb}"`;
  return {
    code: 2,
    cause,
    next: near === undefined ? 'build-once --help lists the commands.' : `Did you mean "${near}"?`,
  };
}

async function runOne(command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  const name = verbOf(command);
  const given = readFlags(command, args);
  if (given === 'help') {
    io.stdout.write(helpCommand(command));
    return 0;
  }
  if ('cause' in given) return end(name, given, io);
  const options = readOptions(command, given.values, io.env);
  if (!options.ok) return end(name, options.error, io);
  const { run } = await command.run();
  const result = await run(options.value, io);
  if (!result.ok) return end(name, io.signal.aborted ? nameSignal(result.error) : result.error, io);
  io.stdout.write(`${result.value.summary}\n`);
  return 0;
}

/** What breaks off because the job was cancelled is not the fault of the server that was just being asked. */
function nameSignal(failure: Failure): Failure {
  if (/asked to end|interrupted/.test(failure.cause)) return failure;
  return {
    ...failure,
    cause: `this job was asked to end before it was done: ${failure.cause}`,
    next: 'Run the job again: what is done already is recognised.',
  };
}

function readFlags(command: Command, args: readonly string[]): 'help' | Failure | { readonly values: Given } {
  const names = Object.keys(command.parameters);
  const options = Object.fromEntries(
    Object.entries<Parameter>(command.parameters).map(([name, { type }]) => [
      flagOf(name),
      { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowNegative: true,
    });
    if (values['help'] === true) return 'help';
    const given = names.flatMap((name): [string, string | boolean][] => {
      const value = (values as Given)[flagOf(name)];
      return value === undefined ? [] : [[name, value]];
    });
    return { values: Object.fromEntries(given) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const flag = /'(--?[^' =]+)/.exec(error.message)?.[1] ?? '';
    const near = suggest(flag.replace(/^--?/, ''), names.map(flagOf));
    const [cause = ''] = error.message.split('. ');
    const next =
      near === undefined || `--${near}` === flag
        ? `build-once ${verbOf(command)} --help lists every option.`
        : `Did you mean --${near}?`;
    return { code: 2, cause, next };
  }
}

/** A failure as a person reads it: the cause first, what helps to understand it, what to do next. */
function end(name: string, failure: Failure, io: Io): ExitCode {
  const { code, cause, details = [], next } = failure;
  const lines = [`build-once ${name}: ${cause}`, ...details.map((line) => (line === '' ? '' : `  ${line}`))];
  if (next !== undefined) lines.push(`  -> ${next}`);
  io.stderr.write(`${lines.map(plainText).join('\n')}\n`);
  return code;
}
