import { Unknown } from '../../expressions/reduce.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { enter, enterElement, type Frame } from './frame.js';
import { expandBody } from './jobs.js';
import { GivenSteps } from './lazy.js';
import type { Definition } from './model.js';
import { inside, type Source } from './place.js';
import type { Scope } from './scope.js';
import { expandSteps } from './steps.js';

/**
 * Goes through every job and command of a config and its inline orbs with parameters whose values are not known, for what
 * is wrong where no workflow comes: in what nothing uses, and in steps whose condition no call fulfills.
 */
export function expandUnused(scope: Scope, config: Source, compiler: Compiler): void {
  const quiet: Compiler = { ...compiler, use: () => false };
  const home = enter(scope, quiet);
  const { jobs, commands } = scope.definitions;
  for (const definition of [...Object.values(jobs), ...Object.values(commands)]) {
    const { kind, place, value } = definition;
    if (place.source !== config) continue;
    const frame = enterElement(anyParameters(definition, home), home);
    if (kind === 'jobs') expandBody(definition, frame, home, { place, before: undefined, after: undefined }, quiet);
    else expandSteps(value['steps'], inside(place, 'steps'), { ...frame, commands: [definition] }, quiet);
  }
  for (const { scope: inner } of Object.values(scope.orbs)) {
    if (inner !== undefined) expandUnused(inner, config, compiler);
  }
}

/** Values that are there and not known; steps are none. */
function anyParameters(definition: Definition, frame: Frame): Mapping {
  const declared = Object.entries(mappingOf(definition.value['parameters']));
  return Object.fromEntries(
    declared.map(([name, declaration]) => {
      const { type } = mappingOf(declaration);
      return [name, type === 'steps' ? new GivenSteps([], definition.place, frame) : new Unknown()];
    }),
  );
}
