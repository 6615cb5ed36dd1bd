import type { Path, Yaml } from '../../yaml/parse.js';

/** A document that a compiled config is made of: the config itself, or the source of an orb. */
export interface Source {
  /** Path as the user gave it; the reference of an orb that did not come from a file. */
  readonly file: string;
  /** What the document says, as plain data. */
  readonly value: unknown;
  /** The text with its positions; undefined for data that was never text. */
  readonly yaml?: Yaml;
}

/** A place in a document: a path of keys and indexes from its top. */
export interface Place {
  readonly source: Source;
  readonly path: Path;
}

/** A place further in. */
export function inside({ source, path }: Place, ...more: Path): Place {
  return { source, path: [...path, ...more] };
}
