import type { Io } from '../io/io.js';
import type { Example } from '../manual/manual.js';

/** An option of a verb, as `node:util` parseArgs takes it, with words. */
export interface VerbOption {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help: `DIR`. */
  readonly value?: string;
  readonly description: string;
  /** The values it may have; for the help and for completion. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times. */
  readonly several?: true;
}

/** The words that may follow a verb. */
export interface VerbArgument {
  /** For the help: `FILE`. */
  readonly name: string;
  /** What it may be; any word where this is missing. */
  readonly choices?: readonly string[];
  /** Whether there may be more than one. */
  readonly several?: true;
}

/** The files of a repository that gen-config knows, and what they are. */
export const REPOSITORY_FILES = {
  '.circleci/build-once.yml': 'The spec: what is built, where it goes and in which order.',
  '.circleci/base.yml': 'Jobs, commands, executors and orbs of your own, which the config takes over. May be missing.',
  '.circleci/config.yml': 'The config that CircleCI reads. gen-config writes it; what others wrote is not overwritten.',
  '.circleci/build-once.mjs':
    'The program that jobs run; written beside the config with "install: vendored" in the spec.',
} as const;

export type RepositoryFile = keyof typeof REPOSITORY_FILES;

/** The option that every verb has which looks at a repository. */
export const directory: VerbOption = {
  type: 'string',
  short: 'C',
  value: 'DIR',
  description: 'The repository. Default: the current folder.',
};

/** The values of a verb's options that were given. */
export type VerbValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/**
 * A verb of `gen-config` is declared once: the help, the completion of shells and the man page come from it.
 */
export interface Verb {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Paragraphs for `--help`. */
  readonly description: string;
  readonly options: Readonly<Record<string, VerbOption>>;
  readonly argument?: VerbArgument;
  /** The files of the repository that it reads or writes. */
  readonly files: readonly RepositoryFile[];
  /** What the exit codes mean for this verb, beside those that all verbs have. */
  readonly exits: Readonly<Record<number, string>>;
  readonly examples: readonly Example[];
  /** Verbs, and pages of docs/, that a reader may want next. */
  readonly seeAlso: readonly string[];
  /** Loads the code that does it; its result is the exit code. */
  readonly run: () => Promise<(values: VerbValues, io: Io, words: readonly string[]) => Promise<number>>;
}
