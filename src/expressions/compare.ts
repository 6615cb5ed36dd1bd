import type { Expression, Operator } from './expression.js';
import { matchesWhole } from './pattern.js';

/**
 * What an operator makes of two reduced operands.
 * @returns the result, null where an operand is not defined, undefined where it is not known yet, or a text that says
 * which type was expected
 */
export function compareValues(
  operator: Operator,
  left: Expression,
  right: Expression,
): boolean | null | undefined | string {
  if (isNull(left) || isNull(right)) return null;
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=': {
      const same = equal(left, right);
      return same === undefined ? undefined : !same;
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      if ([left, right].some((one) => isNot(one, 'number'))) return `"${operator}" compares numbers`;
      return onValues(left, right, (a, b) => order(operator, Number(a), Number(b)));
    case 'starts-with':
    case 'contains':
      if ([left, right].some((one) => isNot(one, 'string'))) return `"${operator}" compares strings`;
      return onValues(left, right, (a, b) =>
        operator === 'contains' ? String(a).includes(String(b)) : String(a).startsWith(String(b)),
      );
    case 'matches':
      if (isNot(left, 'string')) return '"matches" compares a string';
      if (right.kind === 'value') return '"matches" expects a pattern on its right, /.../';
      return left.kind === 'value' && right.kind === 'pattern'
        ? matchesWhole(right.source, String(left.value))
        : undefined;
  }
}

const isNull = (one: Expression) => one.kind === 'value' && (one.value === null || one.value === undefined);

/** Whether it is known to be of another type. */
const isNot = (one: Expression, type: 'string' | 'number') =>
  one.kind === 'pattern' ||
  one.kind === 'not' ||
  (one.kind === 'value' && typeof one.value !== type) ||
  (one.kind === 'name' && one.type !== undefined && one.type !== type);

const isValue = (one: Expression) => one.kind === 'value';

/** Whether it is true or false and nothing else, be it known or not. */
const isTruth = (one: Expression) => one.kind === 'not' || (one.kind === 'value' && typeof one.value === 'boolean');

function equal(left: Expression, right: Expression): boolean | undefined {
  if (left.kind === 'pattern' && right.kind === 'pattern') return left.source === right.source;
  if (left.kind === 'pattern' || right.kind === 'pattern') return false;
  if ([left, right].some(isTruth) && [left, right].some((one) => isValue(one) && !isTruth(one))) return false;
  return onValues(left, right, (a, b) => a === b);
}

function onValues(
  left: Expression,
  right: Expression,
  compare: (a: unknown, b: unknown) => boolean,
): boolean | undefined {
  return left.kind === 'value' && right.kind === 'value' ? compare(left.value, right.value) : undefined;
}

function order(operator: '<' | '<=' | '>' | '>=', a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}
