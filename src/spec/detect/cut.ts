import type { Path, Yaml } from '../../yaml/parse.js';
import { parseYaml } from '../../yaml/parse.js';
import { stringifyYaml } from '../../yaml/stringify.js';
import { isMapping, type Mapping, mappingOf } from './repository.js';

/** A text without some of its keys. */
export interface Cut {
  readonly text: string;
  /** Comments and layout of what stays are as they were. When false, the text was written anew from its values. */
  readonly kept: boolean;
}

/**
 * Takes keys of block mappings, with their values and the comments that stand right above them, out of a text. The rest
 * stays byte for byte. A text whose layout does not allow it (flow style, an anchor in a key that goes) is written anew.
 */
export function cutKeys(yaml: Yaml, paths: readonly Path[]): Cut {
  const wanted = paths.reduce((value, path) => without(value, path), yaml.value);
  const lines = yaml.text.split('\n');
  const gone = new Set<number>();
  const ranges = paths.map((path) => linesOf(yaml, path, lines)).sort(([a], [b]) => a - b);
  for (const [from, until] of ranges) for (let line = from; line < until; line++) gone.add(line);
  for (const [from, until] of ranges) {
    // An empty line that divided the key from the next one goes with it, unless it has something to divide.
    let before = from - 1;
    while (gone.has(before)) before -= 1;
    const divides = before >= 0 && !isEmpty(lines[before]) && indentOf(lines[before]) >= indentOf(lines[from]);
    for (let line = until; !divides && isEmpty(lines[line]) && line < lines.length; line++) gone.add(line);
  }
  const text = `${lines
    .filter((_, index) => !gone.has(index))
    .join('\n')
    .trimEnd()}\n`;
  const again = parseYaml(text, yaml.file, 'init/not-yaml');
  if (again.ok && JSON.stringify(again.value.value) === JSON.stringify(wanted)) return { text, kept: true };
  return { text: stringifyYaml(wanted), kept: false };
}

/** First line of a key with its comments, and the first line that is no longer its own; both from 0. */
function linesOf(yaml: Yaml, path: Path, lines: readonly string[]): readonly [number, number] {
  const start = yaml.keyRange(path).start.line - 1;
  const starts: number[] = [];
  for (let depth = 0; depth < path.length; depth++) {
    const parent = path.slice(0, depth);
    for (const key of Object.keys(valueAt(yaml.value, parent)))
      starts.push(yaml.keyRange([...parent, key]).start.line - 1);
  }
  let until = Math.min(lines.length, ...starts.filter((line) => line > start));
  // Comments and empty lines above the next key are that key's.
  const indent = indentOf(lines[until]);
  while (until < lines.length && until - 1 > start && isGap(lines[until - 1], indent)) until -= 1;
  let from = start;
  while (from > 0 && /^\s*#/.test(lines[from - 1] ?? '')) from -= 1;
  // What stands above the first key of all is about the whole file.
  const first = lines.findIndex((line) => !/^\s*(#.*)?$/.test(line));
  return [start === first ? start : from, until];
}

function isGap(line: string | undefined, indent: number): boolean {
  return isEmpty(line) || (/^\s*#/.test(line ?? '') && indentOf(line) <= indent);
}

function isEmpty(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

function indentOf(line: string | undefined): number {
  return /^ */.exec(line ?? '')?.[0].length ?? 0;
}

function valueAt(value: unknown, path: Path): Mapping {
  return path.reduce<Mapping>((at, part) => mappingOf(at[part]), mappingOf(value));
}

function without(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined || !isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (key !== first) return [[key, member]];
      return rest.length === 0 ? [] : [[key, without(member, rest)]];
    }),
  );
}
