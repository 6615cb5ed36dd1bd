import { dump } from 'js-yaml';
import { type BlockStyle, writeBlock } from './block.js';

/**
 * YAML that reads the same under YAML 1.1 (CircleCI's compiler) and 1.2: what a 1.1 reader would take for something else
 * (`yes`, `012`, `12:30`, dates) is quoted. Block style throughout, no anchors, no folding of long lines.
 * @param value a mapping or a list of plain data: objects, arrays, strings, numbers, booleans, null; undefined members are
 *   left out
 * @param options.column how far in its lines stand
 */
export function stringifyYaml(value: unknown, { column = 0 }: { readonly column?: number } = {}): string {
  return `${writeBlock(value, column, STYLE).slice(1)}\n`;
}

const STYLE: BlockStyle = {
  keysOf: (mapping) => Object.keys(mapping).filter((key) => mapping[key] !== undefined),
  key: (text) => (isOrdinary(text) ? text : dump({ [text]: null }, OPTIONS).replace(/\n?: null\n$/, '')),
  scalar,
  align: (column) => column + 2,
};

const OPTIONS = { lineWidth: -1 } as const;

/** How js-yaml writes it as an item of a list; it takes long to find that out, and most texts are ordinary. */
function scalar(value: unknown, column: number): string {
  if (typeof value === 'boolean' || (typeof value === 'string' && isOrdinary(value))) return String(value);
  // As a block, a text that ends in empty lines would take in those that follow it.
  const quotes = typeof value === 'string' && /(?:^|\n)\n$/.test(value);
  const options = quotes ? ({ ...OPTIONS, forceQuotes: true, quoteStyle: 'double' } as const) : OPTIONS;
  const text = dump([value], options).slice(2, -1);
  return text.includes('\n') ? text.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(column - 2)}`) : text;
}

/** Whether a text has nothing in it that any reader of YAML takes for more than text. Numbers and dates start otherwise. */
function isOrdinary(text: string): boolean {
  if (text.length > LONGEST || text.endsWith(' ') || OTHER_TYPES.test(text)) return false;
  return /^(?:\.?[A-Za-z$</(](?:[\w ,./@$<>=[\]{}()"'-]|:(?! |$))*|\.)$/.test(text);
}

/** A longer key cannot stand in the line of its value. */
const LONGEST = 1024;

/** Null, booleans, numbers without a digit and the sign of a merge, in YAML 1.1 or 1.2. */
const OTHER_TYPES = /^(?:y|n|yes|no|on|off|true|false|null|\.inf|\.nan|<<)$/i;
