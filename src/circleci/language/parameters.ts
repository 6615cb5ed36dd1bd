import { isMapping, type Mapping, mappingOf, type Report } from './problem.js';

type Path = readonly (string | number)[];

/**
 * The values of the parameters of a command, job or executor: what is given, else the default. Checks names and types
 * as the configuration reference has them ("Parameter types").
 * @param declared the `parameters` of the definition
 */
export function bindParameters(declared: Mapping, given: Mapping, path: Path, report: Report): Mapping {
  const bound: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (declared[name] === undefined) {
      report({ code: 'unknown-parameter', path, message: `unknown parameter "${name}"` });
    }
  }
  for (const [name, declaration] of Object.entries(declared)) {
    const { type, default: fallback, enum: allowed } = mappingOf(declaration);
    const value = given[name] ?? fallback;
    if (value === undefined) {
      report({ code: 'missing-parameter', path, message: `missing parameter "${name}"` });
      bound[name] = ''; // so that its uses are not told as well
      continue;
    }
    if (!fits(type, value, allowed)) {
      report({
        code: 'wrong-parameter',
        path,
        message: `parameter "${name}" is ${JSON.stringify(value)}, expected ${String(type)}`,
      });
    }
    bound[name] = value;
  }
  return bound;
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

/** Looks up a name such as `parameters.tag` or `pipeline.git.branch`; undefined when there is no such value. */
export type Lookup = (name: string) => unknown;

/** `<< name >>` anywhere, but not `\<< name >>`. */
const REFERENCE = /(\\?)<<\s*([^<>]*?)\s*>>/g;

/**
 * Replaces `<< name >>` in every string of a value. A string that is nothing but one reference becomes the value itself,
 * with its type; inside a longer string the value is put as text. What is escaped as `\<<` stays so: text may pass
 * through here several times, and `unescapeReferences` comes last.
 */
export function substitute(value: unknown, lookup: Lookup, path: Path, report: Report): unknown {
  if (typeof value === 'string') return substituteText(value, lookup, path, report);
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, lookup, [...path, index], report));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, substitute(member, lookup, [...path, key], report)]),
  );
}

function substituteText(text: string, lookup: Lookup, path: Path, report: Report): unknown {
  const find = (name: string): unknown => {
    const found = lookup(name);
    if (found === undefined) report({ code: 'unknown-value', path, message: `there is no value "${name}"` });
    return found;
  };
  const whole = /^<<\s*([^<>]*?)\s*>>$/.exec(text);
  if (whole?.[1] !== undefined) return find(whole[1]) ?? '';
  return text.replaceAll(REFERENCE, (all, backslash: string, name: string) =>
    backslash === '' ? String(find(name) ?? '') : all,
  );
}

/** Every `\<<` as the `<<` that it stands for. */
export function unescapeReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\\<<', '<<');
  if (Array.isArray(value)) return value.map(unescapeReferences);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unescapeReferences(member)]));
}
