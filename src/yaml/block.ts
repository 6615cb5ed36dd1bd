import { isMapping } from './mapping.js';

/** What differs between the libraries that this project writes YAML like. */
export interface BlockStyle {
  /** The keys of a mapping that are written, in their order. */
  keysOf(mapping: Readonly<Record<string, unknown>>): readonly string[];
  /** A key; with `? ` before it when it cannot stand in the line of its value. */
  key(text: string): string;
  /**
   * A value that is no list and no mapping.
   * @param column where further lines of it start
   */
  scalar(value: unknown, column: number): string;
  /** The column at which the value of a key starts when it has lines of its own. */
  align(column: number): number;
}

/**
 * A list or a mapping in block style.
 * @returns its lines, each after a line end; for what is empty or no collection ` []`, ` {}` or ` text`
 */
export function writeBlock(value: unknown, column: number, style: BlockStyle): string {
  const start = `\n${' '.repeat(column)}`;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${start}-${behindSign(item, column, style)}`;
    return text === '' ? ' []' : text;
  }
  if (!isMapping(value)) return ` ${style.scalar(value, column)}`;
  for (const name of style.keysOf(value)) {
    const key = style.key(name);
    const member = value[name];
    text += key.startsWith('? ')
      ? `${start}${key}${start}:${behindSign(member, column, style)}`
      : `${start}${key}:${writeBlock(member, style.align(column), style)}`;
  }
  return text === '' ? ' {}' : text;
}

/** What stands behind the sign of an item starts in the line of the sign, two columns further in. */
function behindSign(value: unknown, column: number, style: BlockStyle): string {
  const text = writeBlock(value, column + 2, style);
  return text.startsWith('\n') ? ` ${text.slice(column + 3)}` : text;
}
