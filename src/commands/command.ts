import type { Io } from '../io/io.js';
import type { Example } from '../manual/manual.js';
import type { Result } from '../result.js';

/**
 * A command is declared once. From the declaration come the subcommand of `build-once` (its flags, help and environment
 * variables), the orb command (its parameters) and its row in the reference.
 */
export interface Command<P extends Parameters = Parameters> {
  /** Name in the orb, in snake_case; the subcommand has hyphens instead. */
  readonly name: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** A paragraph for the help and the reference: what it reads, what it changes, when it fails. */
  readonly description: string;
  readonly parameters: P;
  /** Records of this pipeline that it reads or writes, in the folder that `directory` names. */
  readonly files: readonly { readonly path: string; readonly what: string }[];
  readonly examples: readonly Example[];
  /** Commands, and pages of docs/, that a reader may want next. */
  readonly seeAlso: readonly string[];
  /** Loads the code that does it. */
  readonly run: () => Promise<{ readonly run: Run<P> }>;
}

/** The code of a command. Expected failures are values; what is thrown is a bug of ours. */
export type Run<P extends Parameters> = (options: Options<P>, io: Io) => Promise<Result<Done, Failure>>;

/** What a command did, in one line. */
export interface Done {
  readonly summary: string;
}

/** Why a command did not do it. Exit codes as in docs/troubleshooting.md: 1 failed, 2 usage, 70 timed out, 75 rolled back. */
export interface Failure {
  readonly code: 1 | 2 | 70 | 75;
  /** The cause, in one line. */
  readonly cause: string;
  /** What helps to understand it: container and node, last log lines, events. Printed below the cause, indented. */
  readonly details?: readonly string[];
  /** What to do or to run next. */
  readonly next?: string;
}

export interface StringParameter {
  readonly type: 'string';
  readonly description: string;
  /** None: the parameter must be given. */
  readonly default?: string;
  readonly example?: string;
  /** Taken as it is: `$NAME` in it is not looked up in the environment. */
  readonly verbatim?: true;
  /** A `$NAME` in it that is not set counts as empty. */
  readonly optional?: true;
  /** Holds a secret: only `$NAME` is taken, so that the secret itself is in no config and in no argument. */
  readonly secret?: true;
}
export interface BooleanParameter {
  readonly type: 'boolean';
  readonly description: string;
  readonly default: boolean;
}
export interface IntegerParameter {
  readonly type: 'integer';
  readonly description: string;
  readonly default: number;
}
export interface EnumParameter {
  readonly type: 'enum';
  readonly description: string;
  readonly enum: readonly string[];
  readonly default: string;
}
export type Parameter = StringParameter | BooleanParameter | IntegerParameter | EnumParameter;
export type Parameters = Readonly<Record<string, Parameter>>;

/** The values that a command's code gets: every parameter, looked up and checked. */
export type Options<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends BooleanParameter ? boolean : P[K] extends IntegerParameter ? number : string;
};

/** Declares a command; types the options of its `run` from its parameters. */
export function command<const P extends Parameters>(declaration: Command<P>): Command<P> {
  return declaration;
}

/** The subcommand of a command: `promote-image` for `promote_image`. */
export function verbOf(command: { readonly name: string }): string {
  return command.name.replaceAll('_', '-');
}

/** The flag of a parameter, without dashes: `dry-run` for `dry_run`. */
export function flagOf(parameter: string): string {
  return parameter.replaceAll('_', '-');
}

/** The environment variable that carries a parameter from the orb to the subcommand: `BUILD_ONCE_DRY_RUN`. */
export function variableOf(parameter: string): string {
  return `BUILD_ONCE_${parameter.toUpperCase()}`;
}
