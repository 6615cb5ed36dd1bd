import { quote } from '../../diagnostic/quote.js';
import type { Expression, ExpressionProblem, Span } from '../../expressions/expression.js';
import { namesIn, printExpression } from '../../expressions/print.js';
import { isTruthy, reduce, textOf, Unknown } from '../../expressions/reduce.js';
import { isMapping } from '../../yaml/mapping.js';
import { LONGEST_TEXT } from '../../yaml/measure.js';
import type { Compiler } from './compiler.js';
import { asOperand, type Environment } from './environment.js';
import { GivenExecutor, GivenSteps } from './lazy.js';
import { inside, type Place } from './place.js';
import { ESCAPE_HINT, isTemplate, type Part, parseTemplate, type Template } from './template.js';

/**
 * Replaces `<< expression >>` in every string of a value. A string that is nothing but one of them becomes its value,
 * with its type; inside a longer string the value is put as text. What depends on values that are not known stays,
 * reduced to those. What is escaped as `\<<` stays so: `unescapeReferences` comes last.
 * @returns plain data: steps that came in by a parameter have no place in it, and an executor is its name
 */
export function substitute(value: unknown, environment: Environment, place: Place, compiler: Compiler): unknown {
  const onGiven = (given: Given, text: string, at: Place): unknown => {
    if (given instanceof GivenExecutor && Object.keys(given.parameters).length === 0) return given.name;
    const what = given instanceof GivenExecutor ? 'an executor with parameters' : 'a list of steps';
    compiler.report({ ...at, code: 'wrong-reference', message: `${quote(text)} is ${what}, which has no place here` });
    return '';
  };
  return replace(value, () => place, { environment, compiler, onGiven });
}

/**
 * The same where steps and executors that came in by a parameter have their place; they stay what they are.
 * @param place makes the place of the value, which only problems and what came in by a parameter need
 */
export function substituteGiven(
  value: unknown,
  environment: Environment,
  place: () => Place,
  compiler: Compiler,
): unknown {
  return replace(value, place, { environment, compiler, onGiven: (given) => given });
}

type Given = GivenSteps | GivenExecutor;

interface Replacing {
  readonly environment: Environment;
  readonly compiler: Compiler;
  readonly onGiven: (given: Given, text: string, place: Place) => unknown;
}

function replace(value: unknown, place: () => Place, replacing: Replacing): unknown {
  if (typeof value === 'string') {
    if (!isTemplate(value)) return replacing.compiler.spend(value.length) ? value : '';
    const found = substituteText(value, place, replacing);
    return isGiven(found) ? replacing.onGiven(found, value, place()) : found;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => replace(item, () => inside(place(), index), replacing));
  }
  if (!isMapping(value) || isGiven(value)) return value;
  let same = true;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    const replaced = replace(member, () => inside(place(), key), replacing);
    same &&= replaced === member;
    return [key, replaced];
  });
  return same ? value : Object.fromEntries(entries);
}

/** Whether a value is steps or an executor that came in by a parameter. */
export function isGiven(value: unknown): value is Given {
  return value instanceof GivenSteps || value instanceof GivenExecutor;
}

function substituteText(text: string, place: () => Place, { environment, compiler }: Replacing): unknown {
  if (!compiler.spend(text.length)) return '';
  if (!compiler.templates) return text;
  const report = ({ code = 'wrong-reference', message, span }: ExpressionProblem): void =>
    compiler.report({ ...place(), code, message, span: { ...span, text } });
  const template = parseTemplate(text);
  if (!template.ok) {
    report(template.error);
    return text;
  }
  const inner: Insertion = { environment, report };
  const [first, ...others] = template.value;
  const whole = first?.kind === 'tag' && others.length === 0 ? valueOfTag(first, inner) : join(template.value, inner);
  if (typeof whole !== 'string') return whole;
  if (whole.length <= LONGEST_TEXT) return compiler.spend(whole.length) ? whole : '';
  const message = `the text becomes ${whole.length} characters long, expected at most ${LONGEST_TEXT}`;
  compiler.report({ ...place(), code: 'too-large', message });
  return '';
}

interface Insertion {
  readonly environment: Environment;
  readonly report: (problem: ExpressionProblem) => void;
}

function join(template: Template, insertion: Insertion): string {
  return template.map((part) => textOfPart(part, insertion)).join('');
}

function textOfPart(part: Part, insertion: Insertion): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'tag': {
      const found = valueOfTag(part, insertion);
      const value = found instanceof GivenExecutor ? found.name : found;
      if (typeof value !== 'object' || value === null) return textOf(value);
      const what = Array.isArray(value) || value instanceof GivenSteps ? 'a list' : 'a mapping';
      const message = `"<< ${printExpression(part.expression)} >>" is ${what}, which has no place inside a text`;
      insertion.report({ message, span: { offset: part.offset, length: 1 } });
      return '';
    }
    case 'section': {
      const value = lookUp(part.name, { offset: 0, length: 0 }, insertion);
      if (!(value instanceof Unknown)) return isTruthy(value) === part.inverted ? '' : join(part.parts, insertion);
      return `<<${part.inverted ? '^' : '#'} ${part.name} >>${join(part.parts, insertion)}<</ ${part.name} >>`;
    }
  }
}

/** The value of an expression with its type, or what is left of it between `<<` and `>>`. */
function valueOfTag({ expression, offset }: Part & { readonly kind: 'tag' }, insertion: Insertion): unknown {
  const inText = (span: Span): Span => ({ ...span, offset: offset + span.offset });
  if (expression.kind === 'name') {
    const value = lookUp(expression.name, inText(expression.span), insertion);
    return value instanceof Unknown ? `<< ${expression.name} >>` : value;
  }
  const reduced = reduceWith(expression, insertion.environment, (problem) =>
    insertion.report({ ...problem, span: inText(problem.span) }),
  );
  if (reduced.kind !== 'value') return `<< ${printExpression(reduced)} >>`;
  return typeof reduced.value === 'string' ? reduced.value.replaceAll('<<', '\\<<') : reduced.value;
}

function lookUp(name: string, span: Span, { environment, report }: Insertion): unknown {
  const value = environment.valueOf(name);
  if (value === undefined) report({ ...describeUnknown(name, environment), span });
  return value ?? '';
}

/** Reduces an expression by what an environment knows; names that are not there are reported and count as undefined. */
export function reduceWith(
  expression: Expression,
  environment: Environment,
  report: (problem: ExpressionProblem) => void,
): Expression {
  for (const { name, span } of namesIn(expression)) {
    if (environment.valueOf(name) === undefined) report({ ...describeUnknown(name, environment), span });
  }
  return reduce(expression, (name) => asOperand(environment.valueOf(name) ?? null), report);
}

function describeUnknown(name: string, { inOrb }: Environment): Omit<ExpressionProblem, 'span'> {
  if (inOrb && name.startsWith('pipeline.parameters.')) {
    const message = `pipeline parameters are not in scope inside an orb, so there is no ${quote(name)}: pass it as a parameter`;
    return { code: 'unknown-value', message };
  }
  const hint = /^(?:parameters|pipeline|matrix)\./.test(name) ? '' : `. ${capitalize(ESCAPE_HINT)}`;
  return { code: 'unknown-value', message: `there is no value ${quote(name)}${hint}` };
}

const capitalize = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
