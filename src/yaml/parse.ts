import {
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  load,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import type { Diagnostic, Position, Range } from '../diagnostic/diagnostic.js';
import { fail, ok, type Result } from '../result.js';
import { findUnusable, LONGEST_TEXT } from './measure.js';

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
}

/** YAML 1.2, with the merge keys of YAML 1.1 that CircleCI's configs use. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/**
 * Reads one YAML document.
 * @param file the name that diagnostics carry
 * @param code the code of the diagnostic for a text that is not YAML
 */
export function parseYaml(text: string, file: string, code: string): Result<Yaml, readonly Diagnostic[]> {
  const wrong = (range: Range, message: string, help?: string): Diagnostic => {
    return { code, severity: 'error', message, file, range, ...(help === undefined ? {} : { help }) };
  };
  let value: unknown;
  try {
    value = load(text, { schema: SCHEMA, filename: file });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { range, help } = placeOf(error, text);
    // Nothing but comments is a document to nobody but the parser.
    const empty = error.reason.endsWith('the input is empty');
    return fail([wrong(range, empty ? 'the file is empty' : `not valid YAML: ${error.reason}`, help)]);
  }
  const at = positions(text);
  let places: Places | undefined;
  const find = (path: Path): Place => {
    places ??= locate(text);
    for (let length = path.length; length > 0; length--) {
      const place = places.get(pointer(path.slice(0, length)));
      if (place !== undefined) return length === path.length ? place : { key: place.key };
    }
    const first = text.search(/\S/);
    return { key: [Math.max(0, first), Math.max(0, first) + 1] };
  };
  const range = ([start, end]: Span): Range => ({ start: at(start), end: at(end) });
  const keyRange = (path: Path): Range => range(find(path).key);
  const valueRange = (path: Path): Range => {
    const place = find(path);
    return range(place.value ?? place.key);
  };
  const unusable = text.includes('*') || text.length > LONGEST_TEXT ? findUnusable(value) : undefined;
  if (unusable !== undefined) return fail([wrong(valueRange(unusable.path), unusable.message)]);
  return ok({ file, text, value, keyRange, valueRange });
}

type Span = readonly [start: number, end: number];
interface Place {
  readonly key: Span;
  readonly value?: Span;
}
type Places = ReadonlyMap<string, Place>;

/** One string per path; no two paths have the same. */
function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping';
  readonly pointer: string;
  index: number;
  key: { readonly text: string; readonly span: Span } | undefined;
}

/** Walks the parser's events once and notes where each key and value stands. */
function locate(text: string): Places {
  const places = new Map<string, Place>();
  const stack: Frame[] = [];
  /** Notes a value (or a key, and then returns undefined) and gives the pointer of the value. */
  const note = (span: Span, key?: string): string | undefined => {
    const frame = stack.at(-1);
    if (frame === undefined || frame.kind === 'document') return '';
    if (frame.kind === 'sequence') {
      const at = `${frame.pointer}/${frame.index++}`;
      places.set(at, { key: span, value: span });
      return at;
    }
    if (frame.key === undefined) {
      frame.key = { text: key ?? '', span };
      return undefined;
    }
    const at = `${frame.pointer}${pointer([frame.key.text])}`;
    places.set(at, { key: frame.key.span, value: span[1] > span[0] ? span : frame.key.span });
    frame.key = undefined;
    return at;
  };
  for (const event of parseEvents(text, {})) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push({ kind: 'document', pointer: '', index: 0, key: undefined });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const at = note([event.start, event.start + 1]) ?? '';
        const kind = event.type === EVENT_ID.SEQUENCE ? 'sequence' : 'mapping';
        stack.push({ kind, pointer: at, index: 0, key: undefined });
        break;
      }
      case EVENT_ID.SCALAR: {
        const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        const quote = quoted ? 1 : 0;
        note([event.valueStart - quote, event.valueEnd + quote], getScalarValue(text, event));
        break;
      }
      case EVENT_ID.ALIAS:
        note([event.anchorStart - 1, event.anchorEnd], text.slice(event.anchorStart, event.anchorEnd));
        break;
      case EVENT_ID.POP:
        stack.pop();
        break;
    }
  }
  return places;
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
  if (error.reason.includes('single document')) {
    // The parser points at the start of the text; what is too much is what follows the last separator.
    line = text.slice(0, text.lastIndexOf('\n---') + 1).split('\n').length - 1;
    column = 0;
  }
  const start = { line: line + 1, column: column + 1 };
  const range = { start, end: { line: start.line, column: start.column + 1 } };
  const tab = /^\s*\t/.test(text.split('\n')[line] ?? '');
  return tab ? { range, help: 'indent with spaces: YAML does not allow tabs' } : { range };
}
