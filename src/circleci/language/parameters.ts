import { quote, quoteList } from '../../diagnostic/quote.js';
import { suggest } from '../../diagnostic/suggest.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { asOperand } from './environment.js';
import type { ScalarType } from './expressions/expression.js';
import { Pending, Unknown } from './expressions/reduce.js';
import type { Frame } from './frame.js';
import { GivenExecutor, GivenSteps } from './lazy.js';
import type { Definition } from './model.js';
import { inside, type Place } from './place.js';
import { isTemplate } from './template.js';

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
    compiler.report({ ...placeOf(name), code: 'unknown-parameter', message });
  }
  const bound = Object.entries(declared).map(([name, declaration]) => {
    const written = own(given.values, name);
    const fallback = inside(definition.place, 'parameters', name, 'default');
    const place = written === undefined ? fallback : placeOf(name);
    const value = written ?? mappingOf(declaration)['default'];
    if (value === undefined) {
      const message = `missing parameter ${quote(name)} of ${describe(definition)}`;
      compiler.report({ ...given.place, code: 'missing-parameter', message });
      return [name, '']; // so that its uses are not told as well
    }
    const frame = written === undefined ? home : given.frame;
    return [name, bind(name, mappingOf(declaration), value, place, frame, compiler)];
  });
  return Object.fromEntries(bound);
}

function describe({ kind, name }: Definition): string {
  return `the ${kind.replace(/s$/, '').replace('-', ' ')} ${quote(name)}`;
}

/** A value as its type has it; what is wrong with it is reported. */
function bind(
  name: string,
  declaration: Mapping,
  value: unknown,
  place: Place,
  frame: Frame,
  compiler: Compiler,
): unknown {
  const { type, enum: allowed } = declaration;
  const wrong = (expected: string): void => {
    const message = `parameter ${quote(name)} is ${describeValue(value)}, expected ${expected}`;
    compiler.report({ ...place, code: 'wrong-parameter', message });
  };
  switch (type) {
    case 'steps':
      if (value instanceof GivenSteps) return value;
      if (Array.isArray(value)) return new GivenSteps(value, place, frame);
      wrong('a list of steps');
      return new GivenSteps([], place, frame);
    case 'executor':
      if (value instanceof GivenExecutor) return value;
      if (typeof value === 'string') return new GivenExecutor(value, {}, place, frame);
      if (isMapping(value) && typeof value['name'] === 'string') {
        const { name: executor, ...parameters } = value;
        return new GivenExecutor(value['name'], parameters, place, frame);
      }
      wrong('the name of an executor, or a mapping with its "name" and parameters');
      return value;
    default: {
      const expected = expectation(type, value, allowed, compiler);
      if (expected !== undefined) wrong(expected);
      return value;
    }
  }
}

/** What was expected of a value of a type; undefined when it is that. */
function expectation(type: unknown, value: unknown, allowed: unknown, compiler: Compiler): string | undefined {
  const known = typeOfPending(value, compiler);
  if (known === 'unknown') return undefined;
  const actual = known ?? typeof value;
  switch (type) {
    case 'string':
      return actual === 'string' ? undefined : 'a string: put it in quotes';
    case 'boolean':
      return actual === 'boolean' ? undefined : 'true or false';
    case 'integer':
      return known === 'number' || Number.isInteger(value) ? undefined : 'an integer';
    case 'enum':
      return known !== undefined || (Array.isArray(allowed) && allowed.includes(value))
        ? undefined
        : `one of ${quoteList(Array.isArray(allowed) ? allowed : [])}`;
    case 'env_var_name':
      return known !== undefined || (typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
        ? undefined
        : 'the name of an environment variable: letters, digits and "_"';
    default:
      return undefined; // what is wrong with the declaration is said there
  }
}

/** The type of a value that is not known yet; undefined for a value that is. */
function typeOfPending(value: unknown, compiler: Compiler): ScalarType | 'unknown' | undefined {
  if (typeof value !== 'string' || !isTemplate(value)) return undefined;
  const operand = asOperand(value);
  if (!(operand instanceof Pending)) return undefined;
  const { expression } = operand;
  if (expression.kind === 'text') return 'string';
  if (expression.kind !== 'name') return 'unknown';
  const known = compiler.pipeline.inConfig.valueOf(expression.name);
  return (known instanceof Unknown ? known.type : undefined) ?? 'unknown';
}

function describeValue(value: unknown): string {
  return value instanceof GivenSteps
    ? 'a list of steps'
    : value instanceof GivenExecutor
      ? `the executor ${quote(value.name)}`
      : quote(value);
}
