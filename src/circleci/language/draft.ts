import type { Invocation } from './model.js';
import type { WrittenRequirement } from './requires.js';

/** An invocation before names are final: those depend on all the others. */
export interface Draft extends Omit<Invocation, 'name' | 'requires' | 'group'> {
  /** What it asks to be called. */
  readonly name: string;
  readonly requires: readonly WrittenRequirement[];
  /** The invocation of the job group that it is a member of. */
  readonly group: Draft | undefined;
}
