import type { Mapping } from '../../yaml/mapping.js';
import type { Frame } from './frame.js';
import type { Place } from './place.js';
import { find } from './scope.js';

/**
 * Steps that were given as a parameter. They are expanded where they are used, but mean what they mean where they were
 * written: its commands, its parameters.
 */
export class GivenSteps {
  constructor(
    readonly items: readonly unknown[],
    readonly place: Place,
    readonly frame: Frame,
  ) {}
}

/** An executor that was given as a parameter; its name is one of the place where it was written. */
export class GivenExecutor {
  constructor(
    readonly name: string,
    readonly parameters: Mapping,
    readonly place: Place,
    readonly frame: Frame,
  ) {}
}

/**
 * What a given executor is in a condition: its definition, as configs that compare it with an alias of one rely on
 * (`equal: [*linux, << parameters.platform >>]`); the name of one whose orb is opaque.
 */
export function definitionOf({ name, frame }: GivenExecutor): unknown {
  return find(frame.scope, 'executors', name)?.definition?.value ?? name;
}
