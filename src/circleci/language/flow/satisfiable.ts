import type { Expression } from '../../../expressions/expression.js';
import { reduce, truthOf } from '../../../expressions/reduce.js';
import { mappingOf, own, valueAt } from '../../../yaml/mapping.js';
import type { PipelineParameter } from '../model.js';

/** More combinations than this are not tried. */
const MOST = 2_000;

/**
 * Whether a condition can be true for any values of the pipeline. Each name is tried with every value that it is compared
 * with, and one more; what compares in another way than by being equal counts as possible.
 */
export function canBeTrue(condition: Expression, parameters: Readonly<Record<string, PipelineParameter>>): boolean {
  const values = new Map<string, Set<unknown>>();
  if (!collect(condition, values)) return true;
  const names = [...values].map(([name, compared]) => [name, valuesOf(name, compared, parameters)] as const);
  if (names.reduce((product, [, tried]) => product * tried.length, 1) > MOST) return true;
  const tryAll = (index: number, given: ReadonlyMap<string, unknown>): boolean => {
    const [name, tried] = names[index] ?? [];
    if (name === undefined || tried === undefined) {
      const reduced = reduce(
        condition,
        (one) => given.get(one),
        () => {},
      );
      return truthOf(reduced) !== false;
    }
    return tried.some((value) => tryAll(index + 1, new Map(given).set(name, value)));
  };
  return tryAll(0, new Map());
}

/** Collects what each name is compared with; false where something else decides. */
function collect(expression: Expression, values: Map<string, Set<unknown>>): boolean {
  switch (expression.kind) {
    case 'value':
      return true;
    case 'name':
      values.set(expression.name, values.get(expression.name) ?? new Set());
      return true;
    case 'text':
    case 'pattern':
      return false;
    case 'not':
    case 'truth':
      return collect(expression.operand, values);
    case 'and':
    case 'or':
      return expression.operands.every((one) => collect(one, values));
    case 'equal':
      return compare(expression.operands, values);
    case 'compare':
      return /^[=!]=$/.test(expression.operator) && compare([expression.left, expression.right], values);
  }
}

function compare(operands: readonly Expression[], values: Map<string, Set<unknown>>): boolean {
  if (!operands.every((one) => one.kind === 'name' || one.kind === 'value')) return false;
  for (const one of operands) {
    if (one.kind !== 'name') continue;
    const known = values.get(one.name) ?? new Set();
    for (const other of operands) if (other.kind === 'value') known.add(other.value);
    values.set(one.name, known);
  }
  // Two names can be equal by any value.
  return operands.filter(({ kind }) => kind === 'name').length < 2;
}

const PARAMETER = 'pipeline.parameters.';

function valuesOf(
  name: string,
  compared: ReadonlySet<unknown>,
  parameters: Readonly<Record<string, PipelineParameter>>,
): readonly unknown[] {
  const parameter = name.startsWith(PARAMETER) ? own(parameters, name.slice(PARAMETER.length)) : undefined;
  const { enum: listed } =
    parameter === undefined ? {} : mappingOf(valueAt(parameter.place.source.value, parameter.place.path));
  // A value that is written otherwise, "true" for true, may be the same to CircleCI.
  const among = (allowed: readonly unknown[]) => [
    ...allowed,
    ...[...compared].filter((one) => allowed.map(String).includes(String(one))),
  ];
  if (parameter?.type === 'boolean') return among([true, false]);
  if (parameter?.type === 'enum' && Array.isArray(listed)) return among(listed);
  return [...compared, 'some other value', '', true, 0];
}
