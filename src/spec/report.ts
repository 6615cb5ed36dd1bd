import type { Diagnostic, Related } from '../diagnostic/diagnostic.js';
import type { Path } from '../yaml/parse.js';
import type { Stretch } from '../yaml/stretch.js';
import type { Place, Places } from './places.js';

/** What a problem may have besides its place and its message. */
export interface More {
  /** Point at the key instead of the value. */
  readonly key?: boolean;
  /** The part of the text at the path that is meant. Default: all of it. */
  readonly part?: Stretch;
  /** The text that the path is of. Default: the spec. */
  readonly in?: Places;
  readonly help?: string;
  readonly related?: readonly Related[];
}

/** Collects a problem of the spec: the code without its `spec/`, the path that it is about, the message. */
export type Report = (code: string, path: Path, message: string, more?: More) => void;

/**
 * A `Report` that hands on what it makes.
 * @param places what paths are of
 * @param found gets each problem with the place that it is at
 */
export function makeReport(places: Places, found: (problem: Diagnostic, place: Place) => void): Report {
  return (code, path, message, more = {}) => {
    const source = more.in ?? places;
    const place = more.key === true ? source.key(path) : source.value(path, more.part);
    const problem: Diagnostic = {
      code: `spec/${code}`,
      severity: 'error',
      message,
      file: place.file,
      range: place.range,
      ...(more.help === undefined ? {} : { help: more.help }),
      ...(more.related === undefined ? {} : { related: more.related }),
    };
    found(problem, place);
  };
}

/** A place that a problem has to do with. */
export function relatedTo(message: string, { file, range }: Place): Related {
  return { message, file, range };
}
