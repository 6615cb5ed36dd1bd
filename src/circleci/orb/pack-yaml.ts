/**
 * YAML as the library writes it that `circleci orb pack` is made with, gopkg.in/yaml.v3 with an indent of 4: keys in its
 * order, its choice of quotes. test/golden/pack holds what that library itself makes of strings that are hard to quote.
 */
import { type BlockStyle, writeBlock } from '../../yaml/block.js';

const INDENT = 4;

/** The text of a document whose top is a mapping. */
export function packYaml(value: unknown): string {
  return `${writeBlock(value, 0, STYLE).trimStart()}\n`;
}

const STYLE: BlockStyle = {
  keysOf: (mapping) => Object.keys(mapping).sort(compareKeys),
  key: (text) => scalar(text, 0),
  scalar,
  align,
};

/** The next column that is a multiple of the indent. */
function align(column: number): number {
  return INDENT * Math.floor((column + INDENT) / INDENT);
}

function scalar(value: unknown, column: number): string {
  if (typeof value !== 'string') return String(value);
  if (UNUSUAL.test(value)) throw new Error(`the orb cannot be packed with the text ${JSON.stringify(value)}`);
  if (value.includes('\n')) return / (?:\n|$)/.test(value) ? double(value) : literal(value, column);
  if (value.includes('\t') || OTHER_TYPES.some((type) => type.test(value))) return double(value);
  return canBePlain(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

/**
 * Control characters, other line ends and what takes two code units; and several lines of which the first starts with a
 * space or is empty, which the library itself writes in a way that reads as another text. The orb has none of them.
 */
const UNUSUAL = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|^(?:\n| .*\n)/;

function double(text: string): string {
  return JSON.stringify(text);
}

function literal(text: string, column: number): string {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)).join('\n')}`;
}

/** What a reader of YAML 1.1 or 1.2 would take for null, a boolean, a number or a date. */
const OTHER_TYPES = [
  /^(?:|~|null|Null|NULL)$/,
  /^(?:true|True|TRUE|false|False|FALSE|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/,
  /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?)?$/,
];

/** A text that starts like nothing else of YAML, and in which nothing ends it. */
function canBePlain(text: string): boolean {
  if (/^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[-?:](?:[ \t]|$)/.test(text)) return false;
  return !/:(?:[ \t]|$)|[ \t]#|^ | $/.test(text);
}

/** Letters come after everything else, unless a number goes on; numbers count as numbers. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [a, b].map((key) => key.match(/\d+|\D/gu) ?? []);
  let afterNumber = false;
  for (const [index, one] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    if (one !== other) return compareParts(one, other, afterNumber);
    afterNumber = /\d/.test(one);
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

function compareParts(a: string, b: string, afterNumber: boolean): number {
  const [letterA, letterB] = [a, b].map((part) => /\p{L}/u.test(part));
  if (letterA !== letterB) return letterA === afterNumber ? -1 : 1;
  const [numberA = 0, numberB = 0] = [a, b].map((part) => Number.parseInt(part, 10) || 0);
  const [digitsA = 0, digitsB = 0] = [a, b].map((part) => /^\d*/.exec(part)?.[0].length ?? 0);
  return numberA - numberB || digitsA - digitsB || (a < b ? -1 : 1);
}
