import { quote, quoteList } from '../../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf, own } from '../../yaml/mapping.js';
import type { Path } from '../../yaml/parse.js';
import type { Report } from './problem.js';

/**
 * The values of the parameters of a command, job or executor: what is given, else the default. Checks names and types
 * as the configuration reference has them ("Parameter types").
 * @param declared the `parameters` of the definition
 */
export function bindParameters(declared: Mapping, given: Mapping, path: Path, report: Report): Mapping {
  const bound = new Map<string, unknown>();
  for (const name of Object.keys(given)) {
    if (own(declared, name) === undefined) {
      report({ code: 'unknown-parameter', path, message: `unknown parameter ${quote(name)}` });
    }
  }
  for (const [name, declaration] of Object.entries(declared)) {
    const { type, default: fallback, enum: allowed } = mappingOf(declaration);
    const value = own(given, name) ?? fallback;
    if (value === undefined) {
      report({ code: 'missing-parameter', path, message: `missing parameter ${quote(name)}` });
      bound.set(name, ''); // so that its uses are not told as well
      continue;
    }
    if (!isPending(value) && !fits(type, value, allowed)) {
      report({
        code: 'wrong-parameter',
        path,
        message: `parameter ${quote(name)} is ${quote(value)}, expected ${expectation(type, allowed)}`,
      });
    }
    bound.set(name, value);
  }
  return Object.fromEntries(bound);
}

/** Whether a value is a pipeline value, which is known when a pipeline starts. */
function isPending(value: unknown): boolean {
  return typeof value === 'string' && /^<< pipeline\.[^<>]*>>$/.test(value);
}

function expectation(type: unknown, allowed: unknown): string {
  return type === 'enum' && Array.isArray(allowed) ? `one of ${quoteList(allowed)}` : String(type);
}

function fits(type: unknown, value: unknown, allowed: unknown): boolean {
  switch (type) {
    case 'string':
      return ['string', 'number', 'boolean'].includes(typeof value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'enum':
      return Array.isArray(allowed) && allowed.includes(value);
    case 'executor':
      return typeof value === 'string' || (isMapping(value) && typeof value['name'] === 'string');
    case 'steps':
      return Array.isArray(value);
    case 'env_var_name':
      return typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);
    default:
      return false;
  }
}
