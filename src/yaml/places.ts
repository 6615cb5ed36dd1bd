import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path } from './parse.js';
import type { Anchor, Duplicate, Span } from './span.js';

/** Where a value stands, and its key; an item of a sequence is its own key. */
export interface Place {
  readonly key: Span;
  readonly value?: Span;
}

/** Where everything of a document stands. */
export interface Places {
  /** The place of a path, through aliases and merge keys to where it is written; the nearest parent's where it is not there. */
  find(path: Path): Place;
  plainText(path: Path): string | undefined;
  readonly duplicates: readonly Duplicate[];
  /** Anchors that no alias stands for. */
  readonly unusedAnchors: readonly Anchor[];
  inScalar(offset: number): boolean;
}

interface Noted extends Place {
  readonly plain: boolean;
}

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping';
  readonly pointer: string;
  index: number;
  /** The key whose value comes next, as a segment of its pointer. */
  key: { readonly segment: string; readonly span: Span } | undefined;
  /** Keys of the mapping, and how many of them are `<<`. */
  readonly keys: Map<string, Span>;
  merges: number;
}

/** Aliases of aliases; deeper than this is a circle. */
const DEEPEST = 100;

/** Walks the parser's events once. */
export function locate(text: string, events: readonly Event[]): Places {
  const noted = new Map<string, Noted>();
  const anchors = new Map<string, string>();
  /** The anchor that a name means at this point, as long as nothing has used it. */
  const unused = new Map<string, Anchor>();
  const replaced: Anchor[] = [];
  /** Where an alias stands, and what it stands for. */
  const aliases = new Map<string, string>();
  const duplicates: Duplicate[] = [];
  const scalars: Span[] = [];
  const stack: Frame[] = [];
  const push = (kind: Frame['kind'], pointer: string) => {
    stack.push({ kind, pointer, index: 0, key: undefined, keys: new Map(), merges: 0 });
  };
  /** Notes a value (or a key, and then returns undefined) and gives the pointer of the value. */
  const note = (span: Span, plain: boolean, key?: string): string | undefined => {
    const frame = stack.at(-1);
    if (frame === undefined || frame.kind === 'document') return '';
    if (frame.kind === 'sequence') {
      const at = `${frame.pointer}/${frame.index++}`;
      noted.set(at, { key: span, value: span, plain });
      return at;
    }
    if (frame.key === undefined) {
      frame.key = noteKey(frame, span, key ?? '', duplicates);
      return undefined;
    }
    const at = frame.pointer + frame.key.segment;
    noted.set(at, { key: frame.key.span, value: span[1] > span[0] ? span : frame.key.span, plain });
    frame.key = undefined;
    return at;
  };
  const anchor = (event: { readonly anchorStart: number; readonly anchorEnd: number }, at: string | undefined) => {
    if (event.anchorStart < 0) return;
    const name = text.slice(event.anchorStart, event.anchorEnd);
    const before = unused.get(name);
    if (before !== undefined) replaced.push(before);
    unused.set(name, { name, span: [event.anchorStart - 1, event.anchorEnd] });
    if (at !== undefined) anchors.set(name, at);
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        push('document', '');
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const at = note([event.start, event.start + 1], false) ?? '';
        anchor(event, at);
        push(event.type === EVENT_ID.SEQUENCE ? 'sequence' : 'mapping', at);
        break;
      }
      case EVENT_ID.SCALAR: {
        const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        const quote = quoted ? 1 : 0;
        const span: Span = [event.valueStart - quote, event.valueEnd + quote];
        scalars.push(span);
        anchor(event, note(span, event.style === SCALAR_STYLE.PLAIN, getScalarValue(text, event)));
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const at = note([event.anchorStart - 1, event.anchorEnd], false, name);
        const target = anchors.get(name);
        unused.delete(name);
        if (at !== undefined && target !== undefined) aliases.set(at, target);
        break;
      }
      case EVENT_ID.POP:
        stack.pop();
        break;
    }
  }
  const first = Math.max(0, text.search(/\S/));
  const member = (at: string, part: string | number, depth: number): string | undefined => {
    if (depth > DEEPEST) return undefined;
    const target = aliases.get(at);
    if (target !== undefined) return member(target, part, depth + 1);
    const direct = at + segment(part);
    if (noted.has(direct)) return direct;
    for (let merge = 0; noted.has(at + mergeSegment(merge)); merge++) {
      const from = at + mergeSegment(merge);
      const sources = [from];
      for (let index = 0; noted.has(`${from}/${index}`); index++) sources.push(`${from}/${index}`);
      for (const source of sources) {
        const found = member(source, part, depth + 1);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  const find = (path: Path): Noted | Place => {
    let at = '';
    for (const part of path) {
      const next = member(at, part, 0);
      if (next === undefined) return { key: noted.get(at)?.key ?? [first, first + 1] };
      at = next;
    }
    return noted.get(at) ?? { key: [first, first + 1] };
  };
  const plainText = (path: Path): string | undefined => {
    const place = find(path);
    return 'plain' in place && place.plain && place.value !== undefined ? text.slice(...place.value) : undefined;
  };
  const unusedAnchors = [...replaced, ...unused.values()];
  return { find, plainText, duplicates, unusedAnchors, inScalar: (offset) => isInside(scalars, offset) };
}

/** One string per key; no two keys have the same. */
function segment(part: string | number): string {
  return `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** A mapping may have several merge keys; each has a name of its own here, which no other key can have. */
function mergeSegment(index: number): string {
  return `/~<${index}`;
}

function noteKey(frame: Frame, span: Span, key: string, duplicates: Duplicate[]): NonNullable<Frame['key']> {
  if (key === '<<') return { segment: mergeSegment(frame.merges++), span };
  const first = frame.keys.get(key);
  if (first === undefined) frame.keys.set(key, span);
  else duplicates.push({ key, first, second: span });
  return { segment: segment(key), span };
}

/** Whether one of the spans, which are in order, holds an offset. */
function isInside(spans: readonly Span[], offset: number): boolean {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [start, end] = spans[middle] ?? [0, 0];
    if (offset < start) high = middle - 1;
    else if (offset >= end) low = middle + 1;
    else return true;
  }
  return false;
}
