/** A stretch of text: offsets of its start and of the first character behind it. */
export type Span = readonly [start: number, end: number];

/** A key that stands a second time in the same mapping. */
export interface Duplicate {
  readonly key: string;
  readonly first: Span;
  readonly second: Span;
}

/** An anchor, `&name`. */
export interface Anchor {
  readonly name: string;
  readonly span: Span;
}
