import { isMapping, type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Frame } from './frame.js';
import { GivenExecutor, GivenSteps } from './lazy.js';
import type { Orb, Step } from './model.js';
import { inside, type Place } from './place.js';
import { find } from './scope.js';
import { BUILT_IN_STEPS } from './shape/steps.js';
import { expandGiven, expandSteps } from './steps.js';
import { stepsData } from './steps-data.js';
import { substituteGiven } from './substitute.js';

/** Says that an orb was not looked into. */
export function noteOpaque(orb: Orb, compiler: Compiler): void {
  compiler.aliasOf(orb);
  if (!compiler.use(orb)) return;
  const { alias, reference, place } = orb;
  const message = `the orb "${alias}" (${reference}) is not at hand, so what it does was not looked into`;
  compiler.note({ ...place, code: 'opaque-orb', message, help: `--orb ${reference}=FILE says where its source is` });
}

/** A step that is a command of an orb that is not at hand: it stays as it is, with the values that are known. */
export function opaqueStep(
  name: string,
  value: unknown,
  orb: Orb,
  place: Place,
  frame: Frame,
  compiler: Compiler,
): Step {
  noteOpaque(orb, compiler);
  const command = name.slice(name.indexOf('/') + 1);
  const content = opaqueArguments(mappingOf(value ?? {}), inside(place, name), frame, compiler);
  return {
    name: `${compiler.aliasOf(orb)}/${command}`,
    opaque: true,
    orb,
    content,
    place,
    calls: frame.calls,
    conditions: frame.conditions,
  };
}

/**
 * What is given to something that is opaque. Its parameters' types are not known, so a list of what look like steps is
 * taken for steps: commands of this config that are called in them mean nothing outside of it.
 */
export function opaqueArguments(values: Mapping, place: Place, frame: Frame, compiler: Compiler): Mapping {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, plainArgument(value, inside(place, key), frame, compiler)]),
  );
}

function plainArgument(value: unknown, place: Place, frame: Frame, compiler: Compiler): unknown {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => isStep(item, frame))) {
    return stepsData(expandSteps(value, place, { ...frame, calls: [], conditions: [] }, compiler));
  }
  const plain = substituteGiven(value, frame.environment, () => place, compiler);
  if (plain instanceof GivenSteps)
    return stepsData(expandGiven(plain, { ...frame, calls: [], conditions: [] }, compiler));
  const executor = plain instanceof GivenExecutor ? plain.name : (mappingOf(plain)['name'] ?? plain);
  const named = typeof executor === 'string' ? find(frame.scope, 'executors', executor) : undefined;
  if (named?.definition !== undefined) compiler.keep(named.definition);
  if (!(plain instanceof GivenExecutor)) return plain;
  return Object.keys(plain.parameters).length === 0 ? plain.name : { name: plain.name, ...plain.parameters };
}

function isStep(item: unknown, { scope }: Frame): boolean {
  const [name = '', ...others] = typeof item === 'string' ? [item] : isMapping(item) ? Object.keys(item) : [];
  if (others.length > 0) return false;
  return Object.hasOwn(BUILT_IN_STEPS, name) || find(scope, 'commands', name) !== undefined;
}
