import type { Span } from '../../expressions/expression.js';
import type { Path } from '../../yaml/parse.js';
import type { Place } from './place.js';

/** What is wrong with a config, by the path from its top. */
export interface PlainProblem {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
}

/** What is wrong with a config, and in which of its documents. */
export interface Problem extends PlainProblem, Place {
  /** Whether the key of the path is meant, not the value behind it. */
  readonly at?: 'key';
  /** The part of the text at the place that it is about. */
  readonly span?: Span & { readonly text: string };
}

/** Collects problems; the way of everything below to say that something is wrong and go on. */
export type Report = (problem: Problem) => void;
