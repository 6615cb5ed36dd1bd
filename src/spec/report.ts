import type { Diagnostic, Related } from '../diagnostic/diagnostic.js';
import type { Path, Yaml } from '../yaml/parse.js';

/** What a problem may have besides its place and its message. */
export interface More {
  /** Point at the key instead of the value. */
  readonly key?: boolean;
  /** The text that the path is of. Default: the spec. */
  readonly in?: Yaml;
  readonly help?: string;
  readonly related?: readonly Related[];
}

/** Collects a problem of the spec: the code without its `spec/`, the path that it is about, the message. */
export type Report = (code: string, path: Path, message: string, more?: More) => void;

/** A `Report` that adds to `problems`. */
export function makeReport(yaml: Yaml, problems: Diagnostic[]): Report {
  return (code, path, message, more = {}) => {
    const source = more.in ?? yaml;
    problems.push({
      code: `spec/${code}`,
      severity: 'error',
      message,
      file: source.file,
      range: more.key === true ? source.keyRange(path) : source.valueRange(path),
      ...(more.help === undefined ? {} : { help: more.help }),
      ...(more.related === undefined ? {} : { related: more.related }),
    });
  };
}
