import { readCommands, type ShellCommand } from '../shell/commands.js';
import { readArguments } from './arguments.js';
import type { Doing } from './program.js';
import { isKnown, programOf } from './programs/list.js';
import { expand, type Variables } from './variables.js';

/** Something that a script does, and how. */
export interface Done {
  readonly doing: Doing;
  readonly what: string;
  /** The first line of the command as it is written. */
  readonly part: string;
  readonly guarded: boolean;
  readonly ignored: boolean;
}

export interface Script {
  readonly done: readonly Done[];
  /** Whether it may end the job early as a success: `circleci-agent step halt`. */
  readonly halts: boolean;
}

/** Programs that run the one that follows them, and how many words of their own stand before it. */
const WRAPPERS: Readonly<Record<string, number>> = {
  sudo: 0,
  env: 0,
  exec: 0,
  command: 0,
  nohup: 0,
  time: 0,
  eval: 0,
  timeout: 1,
  retry: 0,
};

/** What a script of a `run` step does, as far as its text says. */
export function readScript(text: string, variables: Variables): Script {
  const known = new Map(variables);
  const commands = readCommands(text).map((command) => ({ ...command, words: unwrap(command.words) }));
  const done: Done[] = [];
  let [halts, left] = [false, false];
  for (const [index, command] of commands.entries()) {
    for (const [name, value] of Object.entries(command.assigned)) assign(known, name, value, command.guarded);
    const words = command.words.map((word) => expand(word, known));
    const [program = '', ...rest] = words;
    if (program === 'cd' && !command.guarded) known.set('PWD', rest[0] ?? '');
    if (program === 'export') for (const word of rest) assignWord(known, word, command.guarded);
    if (/^circleci(?:-agent)?$/.test(program) && rest[0] === 'step') halts ||= rest[1] === 'halt';
    // Whatever follows a way out that may be taken may not run.
    if (command.guarded && !command.onFailure && /^(?:exit|return)$/.test(program) && !/[1-9]/.test(rest[0] ?? ''))
      left = true;
    if ((program === 'bash' || program === 'sh') && rest[0]?.startsWith('-') && rest[0].endsWith('c')) {
      const inner = readScript(rest[1] ?? '', known);
      done.push(...inner.done.map((one) => ({ ...one, guarded: one.guarded || command.guarded || left })));
      continue;
    }
    const doings = programOf(program)?.({ program, words: rest, variables: known }) ?? [];
    for (const doing of doings) {
      const ignored = isIgnored(commands, index);
      const real = doing.kind === 'undo' ? { ...doing, green: isGreenUndo(commands, index) } : doing;
      done.push({ doing: real, what: nameOf(words), part: command.source, guarded: command.guarded || left, ignored });
    }
  }
  return { done, halts };
}

function assignWord(known: Map<string, string>, word: string, guarded: boolean): void {
  const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(word) ?? [];
  if (name !== undefined) assign(known, name, value, guarded);
}

/** A value that depends on something is not known, and what was known before it is no longer. */
function assign(known: Map<string, string>, name: string, value: string, guarded: boolean): void {
  const expanded = expand(value, known);
  if (guarded || expanded.includes(`$${name}`) || /`|\$\(/.test(expanded)) known.delete(name);
  else known.set(name, expanded);
}

/** Programs that run one that is installed for a project, and the words that may stand between the two. */
const RUNNERS: Readonly<Record<string, RegExp>> = {
  npx: /^-/,
  bunx: /^-/,
  npm: /^(?:exec|-.*)$/,
  yarn: /^(?:exec|run|dlx|-.*)$/,
  pnpm: /^(?:exec|run|dlx|-.*)$/,
  bundle: /^exec$/,
  poetry: /^run$/,
  pipenv: /^run$/,
  uv: /^run$/,
};

function unwrap(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  const between = Object.hasOwn(RUNNERS, first) ? RUNNERS[first] : undefined;
  if (between !== undefined) {
    const at = rest.findIndex((word) => !between.test(word));
    const [program = '', ...others] = at < 0 ? [] : rest.slice(at);
    const name = program.replace(/(?<=.)@[^/]*$/, '');
    return isKnown(name) ? [name, ...others] : words;
  }
  const skipped = Object.hasOwn(WRAPPERS, first) ? WRAPPERS[first] : undefined;
  if (skipped === undefined) return words;
  let at = 0;
  while (at < rest.length && /^-|^[A-Za-z_]\w*=/.test(rest[at] ?? '')) at++;
  return unwrap(rest.slice(at + skipped));
}

/** Whether nothing but words stands behind `||`. */
function isIgnored(commands: readonly ShellCommand[], index: number): boolean {
  const end = commands.findIndex(({ onFailure }, at) => at > index && !onFailure);
  const handlers = commands.slice(index + 1, end < 0 ? undefined : end);
  const isSilent = ({ words: [program = '', first] }: ShellCommand) =>
    /^(?::|true|echo|printf)$/.test(program) || (program === 'exit' && first === '0');
  return commands[index]?.after === '||' && handlers.length > 0 && handlers.every(isSilent);
}

/** Whether a rollback follows a failure, behind `||` or in an `if` that asks a program, and nothing after it fails. */
function isGreenUndo(commands: readonly ShellCommand[], index: number): boolean {
  const { onFailure = false, guarded = false } = commands[index] ?? {};
  const question = commands.slice(0, index).findLast(({ asked }) => asked)?.words[0] ?? '[';
  const followsFailure = onFailure || (guarded && !/^(?:\[\[?|test)$/.test(question));
  const fails = ({ words: [program = '', first] }: ShellCommand) =>
    program === 'false' || (/^(?:exit|return)$/.test(program) && first !== '0');
  return followsFailure && !commands.slice(index + 1).some(fails);
}

/** Words that say nothing without the one that follows them: `kubectl set image`, `aws ecs run-task`. */
const GROUPS = new Set([
  'cloudformation',
  'compose',
  'set',
  'rollout',
  'create',
  'buildx',
  'image',
  'ecs',
  'lambda',
  'deploy',
  'builds',
  'app',
  'run',
]);
const GROUPED = new Set(['kubectl', 'oc', 'aws', 'gcloud', 'docker', 'argocd']);

/** The program and what it is told to do, without options and names. */
function nameOf([path = '', ...rest]: readonly string[]): string {
  const program = path.slice(path.lastIndexOf('/') + 1);
  const [verb = '', noun = ''] = readArguments(rest, new Set()).positional;
  const isVerb = /^[a-z][a-z:_-]*$/.test(verb);
  if (!isVerb) return program;
  return GROUPED.has(program) && GROUPS.has(verb) && /^[a-z-]+$/.test(noun)
    ? `${program} ${verb} ${noun}`
    : `${program} ${verb}`;
}
