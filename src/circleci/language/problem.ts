import type { Place } from './place.js';

/** What is wrong with a config, and where. */
export interface Problem extends Place {
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
}

/** Collects problems; the way of everything below to say that something is wrong and go on. */
export type Report = (problem: Problem) => void;
