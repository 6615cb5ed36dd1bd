import type { Range } from '../diagnostic/diagnostic.js';
import { isMapping, own } from '../yaml/mapping.js';
import type { Path, Yaml } from '../yaml/parse.js';
import { findStretch, type Stretch } from '../yaml/stretch.js';

/** Where something stands. */
export interface Place {
  readonly file: string;
  readonly range: Range;
  /** It is no service's own, but what several share. */
  readonly shared?: boolean;
}

/** Where the keys and the values of a spec stand; where there is none, the nearest that it would be in. */
export interface Places {
  key(path: Path): Place;
  /** @param part what of the text at the path is meant, where it is not all of it */
  value(path: Path, part?: Stretch): Place;
}

/** The places of one file. */
export function placesOf(yaml: Yaml): Places {
  return {
    key: (path) => ({ file: yaml.file, range: yaml.keyRange(path) }),
    value: (path, part) => {
      const whole = yaml.valueRange(path);
      return { file: yaml.file, range: part === undefined ? whole : findStretch(yaml.text, whole, part) };
    },
  };
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)];
    else if (isMapping(at)) at = own(at, String(part));
    else return undefined;
  }
  return at;
}
