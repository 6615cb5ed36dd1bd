import { compareValues } from './compare.js';
import type { Expression, ExpressionProblem, ScalarType } from './expression.js';

/** A value that is there, but not known before the pipeline runs. */
export class Unknown {
  constructor(readonly type?: ScalarType) {}
}

/** Looks up what a name stands for: a value, an `Unknown` or a `Pending`. */
export type ValueOf = (name: string) => unknown;

/** An expression as the value of a name. */
export class Pending {
  constructor(readonly expression: Expression) {}
}

/**
 * Replaces every name whose value is known, and works out what can be worked out: a `value` when nothing unknown is left.
 * Undefined values are `null` here, and behave as CircleCI's evaluator has them
 * (https://github.com/CircleCI-Public/expr, "Variables").
 * @param report told about operands of the wrong type
 */
export function reduce(
  expression: Expression,
  lookUp: ValueOf,
  report: (problem: ExpressionProblem) => void,
): Expression {
  const visit = (at: Expression): Expression => {
    switch (at.kind) {
      case 'value':
      case 'pattern':
        return at;
      case 'name': {
        const value = lookUp(at.name);
        if (value instanceof Pending) return value.expression;
        if (value instanceof Unknown) return value.type === undefined ? at : { ...at, type: value.type };
        return known(value);
      }
      case 'text': {
        const parts = at.parts.map(visit);
        return parts.every(isValue) ? known(parts.map(({ value }) => textOf(value)).join('')) : { ...at, parts };
      }
      case 'not': {
        const operand = visit(at.operand);
        const truth = truthOf(operand);
        return truth === undefined ? { kind: 'not', operand } : known(!truth);
      }
      case 'and':
      case 'or':
        return reduceList(at.kind, at.operands, visit);
      case 'compare': {
        const [left, right] = [visit(at.left), visit(at.right)];
        const value = compareValues(at.operator, left, right);
        if (value === undefined) return { ...at, left, right };
        if (typeof value !== 'string') return known(value);
        const bound = at.left.kind === 'not' ? ', and "not" before it binds first: write not (...)' : '';
        report({ message: `${value}${bound}`, span: at.span });
        return known(null);
      }
      case 'equal':
        return reduceEqual(at.operands.map(visit));
      case 'truth': {
        const operand = visit(at.operand);
        if (operand.kind === 'value') return known(isTruthy(operand.value));
        const truth = operand.kind === 'text' ? undefined : truthOf(operand);
        return truth === undefined ? { kind: 'truth', operand } : known(truth);
      }
    }
  };
  return visit(expression);
}

/** Whether a reduced expression is true as a condition; undefined when that depends on what is not known. */
export function truthOf(expression: Expression): boolean | undefined {
  switch (expression.kind) {
    case 'value':
      return expression.value !== false && expression.value !== null && expression.value !== undefined;
    case 'pattern':
      return true;
    case 'and':
      return expression.operands.some((one) => truthOf(one) === false) ? false : undefined;
    case 'or':
      return expression.operands.some((one) => truthOf(one) === true) ? true : undefined;
    default:
      return undefined;
  }
}

/** A reduced expression of which only the truth counts: what is true in an `and`, or false in an `or`, is left out. */
export function asCondition(expression: Expression): Expression {
  if (expression.kind !== 'and' && expression.kind !== 'or') return expression;
  const decided = truthOf(expression);
  if (decided !== undefined) return known(decided);
  const operands = expression.operands.map(asCondition).filter((one) => truthOf(one) === undefined);
  const [first, ...others] = operands;
  return first !== undefined && others.length === 0 ? first : { ...expression, operands };
}

/** A value as text stands in text. */
export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Truth of logic statements ("Logic statements" of the configuration reference). */
export function isTruthy(value: unknown): boolean {
  return (
    value !== false && value !== null && value !== undefined && value !== 0 && value !== '' && !Number.isNaN(value)
  );
}

const known = (value: unknown): Expression & { readonly kind: 'value' } => ({ kind: 'value', value });

const isValue = (one: Expression): one is Expression & { readonly kind: 'value' } => one.kind === 'value';

/** The first operand that decides, or else the last one; what was before it and is not known stays. */
function reduceList(
  kind: 'and' | 'or',
  operands: readonly Expression[],
  visit: (one: Expression) => Expression,
): Expression {
  const decides = kind === 'or';
  const kept: Expression[] = [];
  for (const [index, operand] of operands.entries()) {
    const reduced = visit(operand);
    const truth = truthOf(reduced);
    if (truth === decides) {
      if (kept.length === 0) return reduced;
      kept.push(reduced);
      break;
    }
    if (truth === undefined || index === operands.length - 1) kept.push(reduced);
  }
  const [first, ...others] = kept;
  return first !== undefined && others.length === 0 ? first : { kind, operands: kept };
}

function reduceEqual(operands: readonly Expression[]): Expression {
  const values = [...new Set(operands.filter(isValue).map(({ value }) => JSON.stringify(value)))];
  if (values.length > 1) return known(false);
  return operands.every(isValue) ? known(true) : { kind: 'equal', operands };
}
