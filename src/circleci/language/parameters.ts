import { quote, quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Environment } from './environment.js';
import type { Frame } from './frame.js';
import { GivenExecutor, GivenSteps } from './lazy.js';
import type { Definition } from './model.js';
import { describeValue, expectation } from './parameter-types.js';
import { inside, type Place } from './place.js';
import { substituteGiven } from './substitute.js';

/** What a call gives: its values after substitution, and where they are written. */
export interface Given {
  readonly values: Mapping;
  readonly place: Place;
  /** Where a value is written, if not in `place` under its name. */
  readonly placeOf?: (name: string) => Place;
  readonly frame: Frame;
}

/**
 * The values of the parameters of a command, a job or an executor: what is given, else the default. Checks names and
 * types as CircleCI does ("Parameter types" of "Reusable config reference").
 * @param home the frame of the definition itself, in which defaults mean what they mean
 */
export function bindParameters(definition: Definition, given: Given, home: Frame, compiler: Compiler): Mapping {
  const declared = mappingOf(definition.value['parameters']);
  const { placeOf = (name: string) => inside(given.place, name) } = given;
  for (const name of Object.keys(given.values)) {
    if (own(declared, name) !== undefined) continue;
    const near = suggest(name, Object.keys(declared));
    const hint = near === undefined ? '' : `, did you mean ${quote(near)}?`;
    const message = `${describe(definition)} has no parameter ${quote(name)}${hint}`;
    compiler.report({ ...placeOf(name), at: 'key', code: 'unknown-parameter', message });
  }
  const missing: string[] = [];
  const bound = Object.entries(declared).map(([name, declaration]) => {
    const written = own(given.values, name);
    if (written !== undefined)
      return [name, bind(name, mappingOf(declaration), written, () => placeOf(name), given.frame, compiler)];
    const place = () => inside(definition.place, 'parameters', name, 'default');
    const { default: fallback } = mappingOf(declaration);
    if (fallback === undefined) {
      missing.push(name);
      return [name, '']; // so that its uses are not told as well
    }
    const values = substituteArguments(definition, { [name]: fallback }, home.environment, place, compiler);
    const quiet = { ...compiler, report: () => undefined }; // what is wrong with a default is said at its declaration
    return [name, bind(name, mappingOf(declaration), values[name], place, home, quiet)];
  });
  if (missing.length > 0) {
    const message = `missing parameter${missing.length > 1 ? 's' : ''} ${quoteList(missing)} of ${describe(definition)}`;
    compiler.report({ ...given.place, code: 'missing-parameter', message });
  }
  return Object.fromEntries(bound);
}

function describe({ kind, name }: Definition): string {
  return `the ${kind.replace(/s$/, '').replace('-', ' ')} ${quote(name)}`;
}

/** A value as its type has it; what is wrong with one that is given is reported. */
function bind(
  name: string,
  declaration: Mapping,
  value: unknown,
  place: () => Place,
  frame: Frame,
  compiler: Compiler,
): unknown {
  const expected = expectation(declaration, value, compiler);
  if (expected !== undefined) {
    const message = `parameter ${quote(name)} is ${describeValue(value)}, expected ${expected}`;
    compiler.report({ ...place(), code: 'wrong-parameter', message });
  }
  switch (declaration['type']) {
    case 'steps':
      return value instanceof GivenSteps ? value : new GivenSteps(Array.isArray(value) ? value : [], place(), frame);
    case 'executor': {
      if (value instanceof GivenExecutor) return value;
      if (!isMapping(value)) return new GivenExecutor(String(value), {}, place(), frame);
      const { name: executor, ...parameters } = value;
      return new GivenExecutor(String(executor), parameters, place(), frame);
    }
    default:
      return value;
  }
}

/**
 * What is given, after substitution; steps stay as they are written until they are used, so that they mean what they mean
 * here.
 */
export function substituteArguments(
  definition: Definition,
  values: Mapping,
  environment: Environment,
  placeOf: (name: string) => Place,
  compiler: Compiler,
): Mapping {
  const declared = mappingOf(definition.value['parameters']);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const steps = Array.isArray(value) && mappingOf(own(declared, name))['type'] === 'steps';
      return [name, steps ? value : substituteGiven(value, environment, () => placeOf(name), compiler)];
    }),
  );
}
