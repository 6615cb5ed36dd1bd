import { quote } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Environment } from './environment.js';
import { inside, type Place } from './place.js';
import { substitute } from './substitute.js';

/** Instances of one matrix; more is a mistake, and would take memory without an end. */
const MOST = 5000;

/**
 * Every combination of the values of a matrix but those that are excluded. Parameters go in alphabetical order, the last
 * one changes fastest, and the names of the jobs follow that ("matrix" of the configuration reference).
 * @param place where `matrix` stands
 */
export function expandMatrix(
  matrix: unknown,
  place: Place,
  environment: Environment,
  compiler: Compiler,
): readonly Mapping[] {
  const wrong = (message: string, at: Place): void => compiler.report({ ...at, code: 'wrong-matrix', message });
  const { parameters, exclude = [] } = mappingOf(matrix);
  if (!isMapping(parameters) || Object.keys(parameters).length === 0) {
    wrong('a matrix has "parameters": a mapping of parameters to lists of values', place);
    return [];
  }
  const at = inside(place, 'parameters');
  const axes = Object.keys(parameters)
    .sort()
    .map((name): readonly [string, readonly unknown[]] => {
      const values = substitute(parameters[name], environment, inside(at, name), compiler);
      if (Array.isArray(values)) return [name, values];
      wrong(`the matrix parameter ${quote(name)} is ${quote(values)}, expected a list of values`, inside(at, name));
      return [name, [values]];
    });
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST || !compiler.spend(count * 64)) {
    wrong(`the matrix makes ${count} jobs, expected at most ${MOST}`, place);
    return [];
  }
  const excluded = Array.isArray(exclude) ? exclude.map((item) => substitute(item, environment, place, compiler)) : [];
  for (const [index, item] of excluded.entries()) {
    for (const name of Object.keys(mappingOf(item)).filter((key) => own(parameters, key) === undefined)) {
      const message = `the matrix has no parameter ${quote(name)}, so nothing is excluded`;
      wrong(message, inside(place, 'exclude', index, name));
    }
  }
  return combine(axes).filter((values) => !excluded.some((item) => isSame(mappingOf(item), values)));
}

function combine(axes: readonly (readonly [string, readonly unknown[]])[]): readonly Mapping[] {
  return axes.reduce<readonly Mapping[]>(
    (found, [name, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** Whether a combination has every value that an exclusion names. */
function isSame(excluded: Mapping, values: Mapping): boolean {
  const entries = Object.entries(excluded);
  return (
    entries.length > 0 && entries.every(([name, value]) => JSON.stringify(value) === JSON.stringify(own(values, name)))
  );
}

/** The name of a matrix job without one of its own: that of the job, and the values. */
export function nameInstance(job: string, values: Mapping): string {
  const parts = Object.values(values).map((value) => String(isMapping(value) ? (value['name'] ?? '') : value));
  return [job, ...parts].join('-');
}
