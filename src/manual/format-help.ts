import type { Manual, ManualEntry, ManualSection } from './manual.js';
import { wrap } from './wrap.js';

const WIDTH = 100;

/** A manual as `--help` prints it. */
export function formatHelp({ name, summary, usage, description, sections, seeAlso }: Manual): string {
  const calls = usage.map((words, index) => `${index === 0 ? 'Usage:' : '      '} ${name} ${words}`.trimEnd());
  return `${[
    `${name}: ${summary}`,
    calls.join('\n'),
    ...description.map((paragraph) => wrap(paragraph, WIDTH, '')),
    ...sections.filter(({ entries }) => entries.length > 0).map(formatSection),
    wrap(`See also: ${seeAlso.join(', ')}`, WIDTH, ''),
  ].join('\n\n')}\n`;
}

function formatSection({ title, entries }: ManualSection): string {
  const longest = Math.max(...entries.map(({ term }) => term.length));
  const format = longest <= SHORT ? (entry: ManualEntry) => inColumns(entry, longest) : below;
  return `${title}:\n${entries.map(format).join('\n')}`;
}

/** Terms up to this length stand beside their text. */
const SHORT = 13;

function inColumns({ term, text }: ManualEntry, width: number): string {
  const lines = wrap(text, WIDTH, ' '.repeat(width + 4));
  return `  ${term.padEnd(width)}  ${lines.trimStart()}`;
}

function below({ term, text }: ManualEntry): string {
  return `  ${term}\n${wrap(text, WIDTH, '      ')}`;
}
