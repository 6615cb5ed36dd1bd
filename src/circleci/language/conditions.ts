import { quote } from '../../diagnostic/quote.js';
import type { Expression, ExpressionProblem } from '../../expressions/expression.js';
import { parseExpression } from '../../expressions/parse.js';
import { checkPattern } from '../../expressions/pattern.js';
import { printExpression } from '../../expressions/print.js';
import { asCondition, truthOf } from '../../expressions/reduce.js';
import { isMapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { type Environment, expressionOf } from './environment.js';
import type { Condition } from './model.js';
import { inside, type Place } from './place.js';
import { isGiven, reduceWith, substitute } from './substitute.js';
import { isTemplate, parseTemplate } from './template.js';

/** Logic statements in each other, as CircleCI takes them. */
const DEEPEST = 100;

/**
 * A `when` or `unless` with what is known of it.
 * @param bare whether a text is an expression without `<<` and `>>`: so it is in workflows, and not in steps
 */
export function readCondition(
  key: 'when' | 'unless',
  written: unknown,
  bare: boolean,
  place: Place,
  environment: Environment,
  compiler: Compiler,
): Condition {
  const plain = bare && typeof written === 'string' && !isTemplate(written);
  const expression = plain ? readExpression(written, place, compiler) : readLogic(written, place, compiler);
  const reduced = reduceCondition(expression, String(written), place, environment, compiler);
  const positive: Expression = key === 'when' ? reduced : { kind: 'not', operand: reduced };
  const value = truthOf(reduced);
  if (value !== undefined)
    return { key, place, expression: positive, value: value === (key === 'when'), data: written };
  const data = plain ? printExpression(reduced) : substitute(written, environment, place, compiler);
  return { key, place, expression: positive, value: undefined, data };
}

/** An expression with what is known of it; what is wrong with it is reported. */
export function reduceCondition(
  expression: Expression,
  text: string,
  place: Place,
  environment: Environment,
  compiler: Compiler,
): Expression {
  const report = ({ code = 'wrong-expression', message, span }: ExpressionProblem): void =>
    compiler.report({ ...place, code, message, span: { ...span, text } });
  return asCondition(reduceWith(expression, environment, report));
}

const NOTHING: Expression = { kind: 'value', value: true };

/** A text that is an expression as a whole. Where it is none it counts as true, so that what it guards is looked at. */
export function readExpression(text: string, place: Place, compiler: Compiler): Expression {
  const parsed = parseExpression(text);
  if (parsed.ok) return parsed.value;
  const { message, span } = parsed.error;
  compiler.report({ ...place, code: 'wrong-expression', message, span: { ...span, text } });
  return NOTHING;
}

/** A logic statement ("Logic statements" of the configuration reference) as an expression. */
function readLogic(written: unknown, place: Place, compiler: Compiler, depth = 0): Expression {
  const wrong = (message: string, at: Place = place): Expression => {
    compiler.report({ ...at, code: 'wrong-logic', message });
    return NOTHING;
  };
  if (depth > DEEPEST) return wrong(`logic statements are more than ${DEEPEST} levels deep`);
  if (!isMapping(written) || isGiven(written)) return { kind: 'truth', operand: readValue(written, place, compiler) };
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(written);
  if (operator === '') return { kind: 'value', value: false };
  const here = inside(place, operator);
  if (others.length > 0) return wrong(`a logic statement has one operator, found ${quote(Object.keys(written))}`);
  const list = (): readonly unknown[] => (Array.isArray(operand) ? operand : []);
  switch (operator) {
    case 'and':
    case 'or':
    case 'equal': {
      if (list().length === 0) return wrong(`"${operator}" takes a list of at least one value`, here);
      const read = operator === 'equal' ? readValue : readLogic;
      const operands = list().map((item, index) => read(item, inside(here, index), compiler, depth + 1));
      return { kind: operator, operands };
    }
    case 'not':
      return { kind: 'not', operand: readLogic(operand, here, compiler, depth + 1) };
    case 'matches': {
      const { pattern, value } = mappingOf(operand);
      if (typeof pattern !== 'string' || value === undefined)
        return wrong('"matches" takes "pattern" and "value"', here);
      const unsupported = checkPattern(pattern);
      if (unsupported !== undefined) return wrong(unsupported, inside(here, 'pattern'));
      const left: Expression = { kind: 'text', parts: [readValue(value, inside(here, 'value'), compiler)] };
      const right: Expression = { kind: 'pattern', source: pattern };
      return { kind: 'compare', operator: 'matches', left, right, span: { offset: 0, length: 0 } };
    }
    default:
      return wrong(
        `there is no logic statement ${quote(operator)}, expected one of "and", "or", "not", "equal", "matches"`,
        here,
      );
  }
}

/** A value in a logic statement, with its references. */
function readValue(written: unknown, place: Place, compiler: Compiler): Expression {
  if (typeof written !== 'string' || !isTemplate(written) || !compiler.templates)
    return { kind: 'value', value: written };
  const template = parseTemplate(written);
  if (template.ok) return expressionOf(template.value);
  const { code = 'wrong-reference', message, span } = template.error;
  compiler.report({ ...place, code, message, span: { ...span, text: written } });
  return NOTHING;
}
