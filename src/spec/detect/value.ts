import type { Subject } from './answers.js';
import type { Place } from './repository.js';

/** A value of the spec, and where it is from. */
export interface Value {
  /** Empty when it is missing. */
  readonly text: string;
  readonly origin: 'given' | 'found' | 'guessed' | 'missing';
  /** For a guess: why. For a missing one: what it is. */
  readonly why: string;
  readonly at?: Place;
  /** What would be asked on a terminal. */
  readonly question?: Question;
}

export interface Question {
  readonly subject: Subject;
  /** The environment, or of a repository the service, that it is about. */
  readonly scope?: string;
  readonly text: string;
}

/** What a person said. */
export function given(text: string): Value {
  return { text, origin: 'given', why: '' };
}

/** What stands in a file. */
export function found(text: string, at: Place): Value {
  return { text, origin: 'found', why: '', at };
}

/** What is likely, and why. */
export function guessed(text: string, why: string): Value {
  return { text, origin: 'guessed', why };
}

/** What is to be filled in. */
export function missing(why: string, question: Question): Value {
  return { text: '', origin: 'missing', why, question };
}

/** Whether a value is neither a guess nor to be filled in. */
export function isSure({ origin }: Value): boolean {
  return origin === 'given' || origin === 'found';
}

/** Whether two values are written in the same way, wherever they are from. */
export function isSameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (isSure(a) && isSure(b)) return a.text === b.text;
  return a.text === b.text && a.origin === b.origin && a.why === b.why;
}
