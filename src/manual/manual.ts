/**
 * What a person is told about a program, or about one of its verbs. `--help` prints it as text (format-help.ts), the man
 * page as roff (format-roff.ts).
 */
export interface Manual {
  /** As it is typed: `gen-config`, `gen-config check`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What may follow the name, a line for each way of calling it. */
  readonly usage: readonly string[];
  readonly description: readonly string[];
  readonly sections: readonly ManualSection[];
  /** Other manuals, and pages of the documentation. */
  readonly seeAlso: readonly string[];
}

/** Entries under a title; a section without entries is left out. */
export interface ManualSection {
  readonly title: string;
  readonly entries: readonly ManualEntry[];
}

/** A term and what is to be said about it. */
export interface ManualEntry {
  readonly term: string;
  readonly text: string;
}

/** A call of the program, and what it is good for. */
export interface Example {
  readonly command: string;
  readonly what: string;
}

/** Examples as a section. */
export function examplesSection(examples: readonly Example[]): ManualSection {
  return { title: 'Examples', entries: examples.map(({ command, what }) => ({ term: command, text: what })) };
}

/** Exit codes by number, as a section. */
export function exitSection(codes: Readonly<Record<number, string>>): ManualSection {
  return { title: 'Exit codes', entries: Object.entries(codes).map(([term, text]) => ({ term, text })) };
}
