import { oneLine } from '../../diagnostic/one-line.js';
import type { RenderedSpec } from '../../spec/detect/render.js';
import type { Note, Place } from '../../spec/detect/repository.js';
import type { Mark } from '../../spec/detect/spec-lines.js';

/** What `init` has to say before it writes. */
export interface Report {
  readonly name: string;
  readonly count: number;
  readonly findings: readonly Note[];
  readonly spec: RenderedSpec;
  readonly specFile: string;
  readonly cautions: readonly Note[];
}

/** What was found and where, what is a guess, what is to be filled in, and what to look at. */
export function formatReport({ name, count, findings, spec, specFile, cautions }: Report): string {
  const marks = (all: readonly Mark[]): readonly Note[] =>
    all.map(({ line, key, text }) => ({ at: { file: specFile, line }, text: `${key}: ${text}` }));
  return `gen-config init: ${name}, ${count === 1 ? '1 file' : `${count} files`}
${formatNotes('found', findings)}${formatNotes('guessed', marks(spec.guessed))}${formatNotes('to fill in', marks(spec.missing))}\
${formatNotes('look at', cautions)}`;
}

/** Notes under a heading, their places in a column; nothing when there are none. */
export function formatNotes(heading: string, notes: readonly Note[]): string {
  if (notes.length === 0) return '';
  const places = notes.map(({ at }) => formatPlace(at));
  const width = Math.min(56, Math.max(...places.map((place) => place.length)));
  const lines = notes.map(({ text }, index) => {
    const place = places[index] ?? '';
    // Names of files and values may hold anything; a terminal gets one line without control characters.
    return place === '' ? `  ${oneLine(text)}` : `  ${oneLine(place).padEnd(width)}  ${oneLine(text)}`;
  });
  return `\n${heading}\n${lines.join('\n')}\n`;
}

function formatPlace(at: Place | undefined): string {
  if (at === undefined) return '';
  return at.line === undefined ? at.file : `${at.file}:${at.line}`;
}
