import { quote, quoteList } from '../../diagnostic/quote.js';
import type { ScalarType } from '../../expressions/expression.js';
import { Pending, Unknown } from '../../expressions/reduce.js';
import { type Mapping, mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import { asOperand } from './environment.js';
import { GivenExecutor, GivenSteps } from './lazy.js';
import { isTemplate } from './template.js';

/**
 * What was expected of a value; undefined when it is that ("Parameter types" of "Reusable config reference").
 * @param declaration `type`, and `enum` where it is that
 */
export function expectation({ type, enum: allowed }: Mapping, value: unknown, compiler: Compiler): string | undefined {
  const known = typeOfPending(value, compiler);
  if (known === 'unknown') return undefined;
  const actual = known ?? typeof value;
  switch (type) {
    case 'steps':
      return Array.isArray(value) || value instanceof GivenSteps ? undefined : 'a list of steps';
    case 'executor':
      return value instanceof GivenExecutor || actual === 'string' || typeof mappingOf(value)['name'] === 'string'
        ? undefined
        : 'the name of an executor, or a mapping with its "name" and parameters';
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

/** A value in words, as a message has it. */
export function describeValue(value: unknown): string {
  return value instanceof GivenSteps
    ? 'a list of steps'
    : value instanceof GivenExecutor
      ? `the executor ${quote(value.name)}`
      : quote(value);
}
