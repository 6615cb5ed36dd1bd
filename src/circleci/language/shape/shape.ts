import type { Mapping } from '../../../yaml/mapping.js';

/**
 * What a value of a config may be. Shapes are data: one table per kind of mapping, walked by `checkShape`. A value that is
 * one `<< expression >>` fits every shape, since its type is known only when the config is compiled.
 */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'text'; readonly pattern?: Pattern }
  | { readonly kind: 'flag' }
  | { readonly kind: 'whole'; readonly least: number; readonly most: number }
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly help?: string }
  | { readonly kind: 'list'; readonly item: Shape; readonly least: number }
  | { readonly kind: 'map'; readonly what: string; readonly value: Shape }
  | Table
  | { readonly kind: 'either'; readonly what: string; readonly members: Members }
  /** The shape depends on what the mapping says. */
  | { readonly kind: 'depends'; readonly what: string; readonly on: (value: Mapping) => Shape }
  /** For shapes that hold themselves. */
  | { readonly kind: 'later'; readonly shape: () => Shape };

/** What a text must look like, and how that is said. */
export interface Pattern {
  readonly matches: RegExp;
  readonly what: string;
}

/** A mapping with known keys. */
export interface Table {
  readonly kind: 'table';
  /** With its article: `a job`. */
  readonly what: string;
  readonly keys: Readonly<Record<string, Key>>;
  /**
   * What becomes of other keys: CircleCI refuses the config, or leaves them out without a word, or they have a meaning of
   * their own (the parameters of a job).
   */
  readonly others: 'refused' | 'ignored' | Shape;
  /** Of each of these groups one key must be there. */
  readonly oneOf: readonly (readonly string[])[];
}

export interface Key {
  readonly shape: Shape;
  readonly required?: true;
  readonly deprecated?: Deprecation;
}

/** What replaces a key, and since when. */
export interface Deprecation {
  readonly instead: string;
  readonly since?: string;
}

/** One shape per type of value. `nothing` is an empty value. */
export interface Members {
  readonly text?: Shape;
  readonly flag?: Shape;
  readonly number?: Shape;
  readonly list?: Shape;
  readonly mapping?: Shape;
  readonly nothing?: Shape;
}

export const any: Shape = { kind: 'any' };
export const text: Shape = { kind: 'text' };
export const flag: Shape = { kind: 'flag' };

export function textLike(matches: RegExp, what: string): Shape {
  return { kind: 'text', pattern: { matches, what } };
}

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Shape {
  return { kind: 'whole', least, most };
}

export function choice(values: readonly string[], help?: string): Shape {
  return help === undefined ? { kind: 'choice', values } : { kind: 'choice', values, help };
}

export function list(item: Shape, least = 0): Shape {
  return { kind: 'list', item, least };
}

/** A list, or one item alone. */
export function oneOrMore(what: string, item: Shape = text): Shape {
  return either(what, { text: item, list: list(item) });
}

export function map(what: string, value: Shape): Shape {
  return { kind: 'map', what, value };
}

export function table(
  what: string,
  keys: Readonly<Record<string, Shape | Key>>,
  others: Table['others'] = 'refused',
  oneOf: Table['oneOf'] = [],
): Table {
  const full = Object.entries(keys).map(([name, key]): [string, Key] => [name, 'kind' in key ? { shape: key } : key]);
  return { kind: 'table', what, keys: Object.fromEntries(full), others, oneOf };
}

export function required(shape: Shape): Key {
  return { shape, required: true };
}

export function deprecated(shape: Shape, instead: string, since?: string): Key {
  return { shape, deprecated: since === undefined ? { instead } : { instead, since } };
}

/** @param what all that it may be, in words: `a path or a list of paths` */
export function either(what: string, members: Members): Shape {
  return { kind: 'either', what, members };
}

export function depends(what: string, on: (value: Mapping) => Shape): Shape {
  return { kind: 'depends', what, on };
}

export function later(shape: () => Shape): Shape {
  return { kind: 'later', shape };
}
