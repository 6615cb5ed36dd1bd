import type { Range } from '../diagnostic/diagnostic.js';

/** A part of a text, by its offset in UTF-16 units. */
export interface Stretch {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a part of a text stands in a file. The text of a scalar is written a little differently than it reads (folded,
 * indented, escaped), so what is looked for is the same word, counted from its start.
 * @param file the text of the file
 * @param whole where the scalar stands
 * @returns the range of the part; the whole where the part is not written as it reads
 */
export function findStretch(file: string, whole: Range, { text, offset, length }: Stretch): Range {
  const lines = file.split('\n').slice(whole.start.line - 1, whole.end.line);
  const word = text.slice(offset, offset + length);
  // The end of a text is no word of it.
  if (word === '') return whole;
  let left = text.slice(0, offset).split(word).length - 1;
  for (const [index, line] of lines.entries()) {
    const from = index === 0 ? whole.start.column - 1 : 0;
    for (let found = line.indexOf(word, from); found >= 0; found = line.indexOf(word, found + word.length)) {
      if (left-- > 0) continue;
      const start = { line: whole.start.line + index, column: found + 1 };
      return { start, end: { line: start.line, column: found + 1 + word.length } };
    }
  }
  return whole;
}
