import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { Unknown } from './expressions/reduce.js';
import { enter, enterElement, type Frame } from './frame.js';
import { expandBody } from './jobs.js';
import { GivenSteps } from './lazy.js';
import type { Definition, Orb } from './model.js';
import { inside } from './place.js';
import type { Scope } from './scope.js';
import { expandSteps } from './steps.js';

/**
 * Goes through the jobs and commands of a config that no workflow comes to, with every parameter a value that is not
 * known, for what is wrong in them.
 */
export function expandUnused(scope: Scope, used: ReadonlySet<Definition | Orb>, compiler: Compiler): void {
  const quiet: Compiler = { ...compiler, use: () => undefined };
  const home = enter(scope, quiet);
  for (const definition of Object.values(scope.definitions.commands).filter((one) => !used.has(one))) {
    const frame = { ...enterElement(anyParameters(definition, home), home), commands: [definition] };
    expandSteps(definition.value['steps'], inside(definition.place, 'steps'), frame, quiet);
  }
  for (const definition of Object.values(scope.definitions.jobs).filter((one) => !used.has(one))) {
    const around = { place: definition.place, before: undefined, after: undefined };
    expandBody(definition, enterElement(anyParameters(definition, home), home), home, around, quiet);
  }
  for (const { scope: inner } of Object.values(scope.orbs)) {
    if (inner !== undefined) expandUnused(inner, used, compiler);
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
