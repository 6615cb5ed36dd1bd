/** A place in a text. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of text: `end` is the first position that no longer belongs to it. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'info';

/** One thing that is wrong, and where. The only type that problems of files have, whatever found them. */
export interface Diagnostic {
  /** Stable name, `spec/unknown-key`: the part before the slash says which checker, the rest which check. */
  readonly code: string;
  readonly severity: Severity;
  /** What was found, in quotes, then what was expected. One line, lower case, no full stop. */
  readonly message: string;
  /** Path as the user gave it. */
  readonly file: string;
  readonly range: Range;
  /** What to do about it. */
  readonly help?: string;
  /** Other places that have to do with it. */
  readonly related?: readonly Related[];
}

/** A place that a problem has to do with, and how. */
export interface Related {
  readonly message: string;
  readonly file: string;
  readonly range: Range;
}

/** Sorted by file, line, column and message, each problem once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column ||
      compare(a.message, b.message),
  );
  return sorted.filter((diagnostic, index) => {
    const before = sorted[index - 1];
    return before === undefined || identity(before) !== identity(diagnostic);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function identity({ code, message, file, range }: Diagnostic): string {
  return JSON.stringify([code, message, file, range]);
}
