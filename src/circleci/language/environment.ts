import type { Expression } from '../../expressions/expression.js';
import { Pending, Unknown } from '../../expressions/reduce.js';
import { isMapping, type Mapping, own } from '../../yaml/mapping.js';
import { definitionOf, GivenExecutor } from './lazy.js';
import { isTemplate, type Part, parseTemplate, type Template } from './template.js';

/** What the names in `<< >>` stand for at a place. */
export interface Environment {
  /**
   * The value of a name, or an `Unknown`; undefined where there is no such name. Text may have references left in it, to
   * values that are not known, and escaped `\<<`.
   */
  valueOf(name: string): unknown;
  /** Whether it is the inside of an orb, where pipeline parameters are not in scope. */
  readonly inOrb: boolean;
}

/**
 * The inside of a command, a job or an executor: its own parameters, and the pipeline's values. Parameters of whoever
 * calls it are not in scope ("Element parameter scope").
 */
export function withParameters(parameters: Mapping, outer: Environment): Environment {
  return withNames('parameters.', parameters, outer);
}

/** What is there outside, and more names under a prefix. */
export function withNames(prefix: string, values: Mapping, outer: Environment): Environment {
  return {
    inOrb: outer.inOrb,
    valueOf: (name) => (name.startsWith(prefix) ? own(values, name.slice(prefix.length)) : outer.valueOf(name)),
  };
}

/** A value of an environment as expressions take it: text without escapes, and what is left of references as such. */
export function asOperand(value: unknown): unknown {
  if (value instanceof GivenExecutor) return definitionOf(value);
  if (typeof value !== 'string' || !isTemplate(value))
    return isMapping(value) && !(value instanceof Unknown) ? null : value;
  const template = parseTemplate(value);
  if (!template.ok) return unescapeReferences(value);
  const expression = expressionOf(template.value);
  return expression.kind === 'value' ? expression.value : new Pending(expression);
}

/** A text with references as one expression; a section, whose value is text, counts as a name that is not known. */
export function expressionOf(template: Template): Expression {
  const parts = template.map(expressionOfPart);
  const [first, ...others] = parts;
  return first !== undefined && others.length === 0 && template[0]?.kind !== 'section'
    ? first
    : { kind: 'text', parts };
}

function expressionOfPart(part: Part): Expression {
  switch (part.kind) {
    case 'text':
      return { kind: 'value', value: unescapeReferences(part.text) };
    case 'tag':
      return part.expression;
    case 'section':
      return { kind: 'name', name: part.name, span: { offset: 0, length: 0 } };
  }
}

/** Every `\<<` as the `<<` that it stands for. */
export function unescapeReferences<T>(value: T): T;
export function unescapeReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\\<<', '<<');
  if (Array.isArray(value)) return value.map(unescapeReferences);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unescapeReferences(member)]));
}
