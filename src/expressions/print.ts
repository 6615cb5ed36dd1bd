import type { Expression } from './expression.js';

/** The text of an expression, with the parentheses that it needs; what `parseExpression` reads back. */
export function printExpression(expression: Expression): string {
  return print(expression, 0);
}

/** How strongly each kind binds; what binds less than its surroundings is put in parentheses. */
const STRENGTH = { or: 1, and: 2, equality: 3, comparison: 4, not: 5 };

function print(expression: Expression, around: number): string {
  const wrap = (text: string, strength: number) => (strength < around ? `(${text})` : text);
  switch (expression.kind) {
    case 'value':
      return printValue(expression.value);
    case 'pattern':
      return `/${expression.source.replaceAll('/', '\\/')}/`;
    case 'name':
      return expression.name;
    case 'text':
      return expression.parts.map((part) => print(part, 0)).join('');
    case 'not':
      return wrap(`not ${print(expression.operand, STRENGTH.not)}`, STRENGTH.not);
    case 'and':
    case 'or': {
      const strength = STRENGTH[expression.kind];
      return wrap(expression.operands.map((one) => print(one, strength + 1)).join(` ${expression.kind} `), strength);
    }
    case 'compare': {
      const strength = /[<>]/.test(expression.operator) ? STRENGTH.comparison : STRENGTH.equality;
      const [left, right] = [print(expression.left, strength), print(expression.right, strength + 1)];
      return wrap(`${left} ${expression.operator} ${right}`, strength);
    }
    case 'equal':
      return wrap(expression.operands.map((one) => print(one, STRENGTH.comparison)).join(' == '), STRENGTH.equality);
    case 'truth':
      return print(expression.operand, around);
  }
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '""';
}

/** Every name that an expression uses, in order. */
export function* namesIn(expression: Expression): Generator<Expression & { readonly kind: 'name' }> {
  switch (expression.kind) {
    case 'name':
      yield expression;
      return;
    case 'text':
      for (const part of expression.parts) yield* namesIn(part);
      return;
    case 'not':
    case 'truth':
      yield* namesIn(expression.operand);
      return;
    case 'and':
    case 'or':
    case 'equal':
      for (const operand of expression.operands) yield* namesIn(operand);
      return;
    case 'compare':
      yield* namesIn(expression.left);
      yield* namesIn(expression.right);
      return;
  }
}
