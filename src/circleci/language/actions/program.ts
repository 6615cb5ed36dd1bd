import type { Mapping } from '../../../yaml/mapping.js';
import type { Action, Circumstances } from './action.js';
import type { Variables } from './variables.js';

/** An action without what is known only where it was found. */
export type Doing = Action extends infer One ? (One extends Action ? Omit<One, keyof Circumstances> : never) : never;

/** What a call of a program does. */
export interface Call {
  /** As it is called, with its folder. */
  readonly program: string;
  /** The words behind the program's name, variables replaced where their values are known. */
  readonly words: readonly string[];
  /** Variables that the command sees, as far as they are known. */
  readonly variables: Variables;
}

/** How a program is recognised: what it does with these words; nothing where it does nothing of interest. */
export type Program = (call: Call) => readonly Doing[];

/** How a job or a command of an orb is recognised that is not at hand. Names of parameters have `_` for `-`. */
export type OrbElement = (parameters: Mapping) => readonly Doing[];
