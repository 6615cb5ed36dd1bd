import type { Io } from '../io/io.js';

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
  readonly examples: readonly VerbExample[];
  /** Loads the code that does it; its result is the exit code. */
  readonly run: () => Promise<(values: VerbValues, io: Io, words: readonly string[]) => Promise<number>>;
}

export interface VerbExample {
  readonly command: string;
  readonly what: string;
}
