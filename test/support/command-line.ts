import { verbs } from '../../src/cli/verbs.js';
import { flagOf, verbOf } from '../../src/commands/command.js';
import { commands } from '../../src/commands/list.js';

/**
 * What is wrong with a command line that a page or a help shows: a verb or a flag of gen-config or build-once that is not
 * there, or a script that npm does not have. Other programs are not looked at.
 * @param scripts of package.json
 * @returns undefined when nothing is wrong
 */
export function findMistake(line: string, scripts: readonly string[]): string | undefined {
  return splitCalls(line)
    .map((words) => checkCall(words, scripts))
    .find((mistake) => mistake !== undefined);
}

/** The calls of a command line, as their words; `$` of a prompt, redirections and what a pipe leads to are cut off. */
function splitCalls(line: string): readonly (readonly string[])[] {
  const words = [...line.replace(/^\$ /, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
  const calls: string[][] = [[]];
  for (const word of words) {
    if (/^(?:&&|\|\|?|;)$/.test(word)) calls.push([]);
    else calls.at(-1)?.push(word.replace(/;$/, ''));
    if (word.endsWith(';')) calls.push([]);
  }
  return calls.map((call) => call.slice(0, call.findIndex((word) => /^\d?[<>]/.test(word)) >>> 0));
}

function checkCall(words: readonly string[], scripts: readonly string[]): string | undefined {
  const [program = '', ...rest] = words[0] === 'npx' ? words.slice(skipOptions(words)) : words;
  if (program === 'npm' && rest[0] === 'run') {
    return scripts.includes(rest[1] ?? '') ? undefined : `there is no script ${rest[1]}`;
  }
  if (/^gen-config(?:@[\w.]+)?$/.test(program)) return checkGenConfig(rest);
  return program === 'build-once' ? checkBuildOnce(rest) : undefined;
}

/** Where the program stands that npx runs. */
function skipOptions(words: readonly string[]): number {
  if (words[1] === '--yes') return 2;
  return words[1] === '--package' && words[2] === 'gen-config' ? 3 : 1;
}

function checkGenConfig(words: readonly string[]): string | undefined {
  const named = words[0] !== undefined && !words[0].startsWith('-');
  const name = named ? (words[0] ?? '') : 'generate';
  const verb = verbs.find((one) => one.name === name);
  if (verb === undefined) return `there is no verb ${name}`;
  const flags = Object.entries(verb.options).flatMap(([flag, { short }]) => [`--${flag}`, `-${short}`]);
  return checkFlags(words, [...flags, '--help', '-h', ...(named ? [] : ['--version'])]);
}

function checkBuildOnce(words: readonly string[]): string | undefined {
  const [name = '--help', ...rest] = words;
  if (name === '--help' || name === '--version') return undefined;
  const command = commands.find((one) => verbOf(one) === name);
  if (command === undefined) return `there is no command ${name}`;
  const flags = Object.keys(command.parameters).map((parameter) => `--${flagOf(parameter)}`);
  return checkFlags(rest, [...flags, '--help']);
}

function checkFlags(words: readonly string[], known: readonly string[]): string | undefined {
  const flags = words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.split('=')[0] ?? '');
  const unknown = flags.find((flag) => !known.includes(flag));
  return unknown === undefined ? undefined : `there is no ${unknown}`;
}
