import type { Span } from './expressions/expression.js';
import type { Place } from './place.js';

/** What is wrong with a config, and where. */
export interface Problem extends Place {
  readonly code: string;
  readonly message: string;
  /** Whether the key of the path is meant, not the value behind it. */
  readonly at?: 'key';
  /** What to do about it. */
  readonly help?: string;
  /** The part of the text at the place that it is about. */
  readonly span?: Span & { readonly text: string };
}

/** Collects problems; the way of everything below to say that something is wrong and go on. */
export type Report = (problem: Problem) => void;
