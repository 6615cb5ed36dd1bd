import type { Diagnostic, Range } from './diagnostic.js';

/**
 * Diagnostics as a person reads them: place, message and code on one line, then the line of the source with the place
 * underlined, then help and related places.
 * @param sources the texts of the files by name; without one the source line is left out
 */
export function formatHuman(diagnostics: readonly Diagnostic[], sources: Readonly<Record<string, string>>): string {
  const lines = new Map<string, readonly string[]>();
  const lineOf = (file: string, line: number): string | undefined => {
    let known = lines.get(file);
    if (known === undefined) {
      // A byte order mark is not seen.
      known = sources[file]?.replace(/^\uFEFF/, '').split(/\r?\n/) ?? [];
      lines.set(file, known);
    }
    return known[line - 1];
  };
  return diagnostics.map((diagnostic) => formatOne(diagnostic, lineOf)).join('\n');
}

type LineOf = (file: string, line: number) => string | undefined;

function formatOne(diagnostic: Diagnostic, lineOf: LineOf): string {
  const { file, range, severity, message, code, help, related = [] } = diagnostic;
  const level = severity === 'error' ? '' : `${severity}: `;
  const out = [`${place(file, range)}: ${level}${message} [${code}]`, ...frame(file, range, lineOf)];
  if (help !== undefined) out.push(`   = help: ${help}`);
  for (const other of related) {
    out.push(`   = ${other.message}: ${place(other.file, other.range)}`, ...frame(other.file, other.range, lineOf));
  }
  return `${out.join('\n')}\n`;
}

function place(file: string, { start }: Range): string {
  return `${file}:${start.line}:${start.column}`;
}

const WIDEST = 160;

function frame(file: string, { start, end }: Range, lineOf: LineOf): readonly string[] {
  const whole = lineOf(file, start.line);
  if (whole === undefined || whole.trim() === '') return [];
  // A very long line is shown from a little before the place on.
  const from = start.column > WIDEST ? start.column - 20 : 0;
  const text = whole.slice(from, from + WIDEST).replaceAll('\t', ' ');
  const gutter = String(start.line).padStart(2);
  const blank = ' '.repeat(gutter.length);
  const until = end.line === start.line ? end.column : whole.length + 1;
  const width = Math.max(1, Math.min(until, from + WIDEST + 1) - start.column);
  const mark = `${' '.repeat(start.column - 1 - from)}^${'~'.repeat(width - 1)}`;
  return [`${blank} |`, `${gutter} | ${text}`, `${blank} | ${mark}`];
}
