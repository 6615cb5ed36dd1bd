import { CORE_SCHEMA, constructFromEvents, type Event, mergeTag, YAMLException } from 'js-yaml';
import type { Diagnostic, Position, Range } from '../diagnostic/diagnostic.js';
import { fail, ok, type Result } from '../result.js';
import { readEvents } from './events.js';
import { findUnusable, LONGEST_TEXT } from './measure.js';
import { locate, type Places } from './places.js';
import type { Anchor, Duplicate, Span } from './span.js';
import { YAML_1_1 } from './yaml-1-1.js';
import { YAML_KUBERNETES } from './yaml-kubernetes.js';

/** A way from the top of a document to one of its values: keys of mappings, indexes of sequences. */
export type Path = readonly (string | number)[];

/** A text that was read as YAML. */
export interface Yaml {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the key of a path stands (for an item of a sequence: its value); the nearest parent where it is not there. */
  keyRange(path: Path): Range;
  /** Where the value of a path stands; the nearest parent's key where it is not there. */
  valueRange(path: Path): Range;
  /** Where a part of the text at a path stands; the whole value where it is not written as it reads. */
  partRange(path: Path, part: string): Range;
  /** A stretch of the text, by its offsets. */
  range(span: Span): Range;
  /** The characters of a value that is written without quotes on one line; undefined for any other. */
  plainText(path: Path): string | undefined;
  /** Keys that stand twice in one mapping. Only a text that was read as YAML 1.1 can have them. */
  duplicates(): readonly Duplicate[];
  /** Anchors that nothing refers to. */
  unusedAnchors(): readonly Anchor[];
  /** Whether an offset of the text is inside of a scalar, where nothing is a comment. */
  inScalar(offset: number): boolean;
}

/** How a text is read; 1.2 with the merge keys of YAML 1.1 that CircleCI's configs use. */
const SCHEMAS = { '1.1': YAML_1_1, '1.2': CORE_SCHEMA.withTags(mergeTag), kubernetes: YAML_KUBERNETES } as const;

export type YamlVersion = keyof typeof SCHEMAS;

const START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };

const TOO_MANY = 'expected a single document in the stream, but found more';

/** More keys than this from merges make more values than CircleCI compiles. */
const MOST_MERGED = 1_000_000;

/**
 * Reads one YAML document.
 * @param file the name that diagnostics carry
 * @param code the code of the diagnostic for a text that is not YAML
 * @param version `1.1` reads it as CircleCI's compiler does: `yes` is a boolean, `017` is 15, and a key that stands twice
 *   is no failure but one of the `duplicates`; `kubernetes` reads scalars as kubectl does
 */
export function parseYaml(
  text: string,
  file: string,
  code: string,
  version: YamlVersion = '1.2',
): Result<Yaml, readonly Diagnostic[]> {
  const wrong = (range: Range, message: string, help?: string): Diagnostic => {
    return { code, severity: 'error', message, file, range, ...(help === undefined ? {} : { help }) };
  };
  const broken = findBroken(text, version);
  if (broken >= 0) {
    const start = positions(text)(broken);
    const range = { start, end: { line: start.line, column: start.column + 1 } };
    return fail([wrong(range, 'the file is not text in UTF-8', 'save it in UTF-8')]);
  }
  let value: unknown;
  let events: Event[];
  try {
    events = readEvents(text, file);
    const options = {
      source: text,
      filename: file,
      schema: SCHEMAS[version],
      json: version === '1.1',
      maxTotalMergeKeys: MOST_MERGED,
    };
    const [first, ...more] = constructFromEvents(events, options);
    if (more.length > 0) throw new YAMLException(TOO_MANY);
    // Nothing but comments is a document to nobody but the parser.
    if (first === undefined) return fail([wrong(START, 'the file is empty', 'fill it, or delete it')]);
    value = first;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { range, help } = placeOf(error, text);
    return fail([wrong(range, `not valid YAML: ${error.reason}`, help)]);
  }
  const at = positions(text);
  const range = ([start, end]: Span): Range => ({ start: at(start), end: at(end) });
  let known: Places | undefined;
  const places = (): Places => {
    known ??= locate(text, events);
    return known;
  };
  const keyRange = (path: Path): Range => range(places().find(path).key);
  const valueRange = (path: Path): Range => {
    const place = places().find(path);
    return range(place.value ?? place.key);
  };
  const partRange = (path: Path, part: string): Range => {
    const { value: span } = places().find(path);
    const start = span === undefined || part === '' ? -1 : text.indexOf(part, span[0]);
    return span === undefined || start < 0 || start >= span[1] ? valueRange(path) : range([start, start + part.length]);
  };
  const unusable = text.includes('*') || text.length > LONGEST_TEXT ? findUnusable(value) : undefined;
  if (unusable !== undefined) return fail([wrong(valueRange(unusable.path), unusable.message)]);
  return ok({
    file,
    text,
    value,
    keyRange,
    valueRange,
    partRange,
    range,
    plainText: (path) => places().plainText(path),
    duplicates: () => places().duplicates,
    unusedAnchors: () => places().unusedAnchors,
    inScalar: (offset) => places().inScalar(offset),
  });
}

/**
 * Where a text shows that its file is not of UTF-8: a null byte, as UTF-16 has them, or what stands for bytes that mean
 * nothing, which would come out of us as they are. A config of others may have such a character in a comment.
 */
function findBroken(text: string, version: YamlVersion): number {
  return text.search(version === '1.1' ? /\0/ : /[\0\uFFFD]/);
}

/** Turns offsets into positions; the line starts are found once, at the first call. */
function positions(text: string): (offset: number) => Position {
  let starts: readonly number[] | undefined;
  // A byte order mark is part of the text, but nobody sees it, so it does not count.
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  return (offset) => {
    if (starts === undefined) {
      const found = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found.push(at + 1);
      starts = found;
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 - (low === 0 ? mark : 0) };
  };
}

function placeOf(error: YAMLException, text: string): { readonly range: Range; readonly help?: string } {
  let { line = 0, column = 0 } = error.mark ?? {};
  if (error.reason === TOO_MANY) {
    // The parser points at the start of the text; what is too much is what follows the last separator.
    line = text.slice(0, text.lastIndexOf('\n---') + 1).split('\n').length - 1;
    column = 0;
  }
  const start = { line: line + 1, column: column + 1 };
  const range = { start, end: { line: start.line, column: start.column + 1 } };
  if (/^\s*\t/.test(text.split('\n')[line] ?? ''))
    return { range, help: 'indent with spaces: YAML does not allow tabs' };
  const open = error.reason === 'deficient indentation';
  return open ? { range, help: 'close the bracket or the quote that is open before this line' } : { range };
}
