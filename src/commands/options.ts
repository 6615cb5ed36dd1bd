import { fail, ok, type Result } from '../result.js';
import {
  type Command,
  type Failure,
  flagOf,
  type Options,
  type Parameter,
  type Parameters,
  variableOf,
  verbOf,
} from './command.js';

/** Values as they were given: by flag, by parameter name. */
export type Given = Readonly<Record<string, string | boolean>>;

/**
 * Makes the options of a command from its flags, then the `BUILD_ONCE_*` variables that the orb sets, then the defaults.
 * `$NAME` and `${NAME}` in a string are looked up in the environment; no shell is involved, and `$(`, a backtick or a
 * `$` before anything else stand for themselves. All problems are reported at once.
 */
export function readOptions<P extends Parameters>(
  command: Command<P>,
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
): Result<Options<P>, Failure> {
  const problems: string[] = [];
  const options: Record<string, string | boolean | number> = {};
  for (const [name, parameter] of Object.entries<Parameter>(command.parameters)) {
    const value = given[name] ?? env[variableOf(name)];
    const read = value === undefined || value === '' ? fallback(parameter, env) : readValue(parameter, value, env);
    if (read.ok) options[name] = read.value;
    else problems.push(`--${flagOf(name)} (${variableOf(name)}): ${read.error}`);
  }
  if (problems.length === 0) return ok(options as Options<P>);
  const [first = '', ...rest] = problems;
  return fail({
    code: 2,
    cause: first,
    details: rest,
    next: `build-once ${verbOf(command)} --help lists every option.`,
  });
}

type Value = Result<string | boolean | number, string>;

function fallback(parameter: Parameter, env: Readonly<Record<string, string | undefined>>): Value {
  if (parameter.default === undefined) return fail('must be given');
  return parameter.type === 'string' ? readValue(parameter, parameter.default, env) : ok(parameter.default);
}

function readValue(
  parameter: Parameter,
  value: string | boolean,
  env: Readonly<Record<string, string | undefined>>,
): Value {
  switch (parameter.type) {
    case 'string':
      if (parameter.secret === true && !/^(?:\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|)$/.test(String(value))) {
        return fail('is not $NAME, the name of an environment variable that holds it: a secret is in no argument');
      }
      return parameter.verbatim === true ? ok(String(value)) : lookUp(String(value), env, parameter.optional === true);
    case 'boolean': // CircleCI renders a boolean parameter as true or false in some places and as 1 or 0 in others.
      if (value === true || value === 'true' || value === '1') return ok(true);
      if (value === false || value === 'false' || value === '0') return ok(false);
      return fail(`is "${value}", expected true or false`);
    case 'integer':
      return /^-?\d{1,15}$/.test(String(value)) ? ok(Number(value)) : fail(`is "${value}", expected a whole number`);
    case 'enum':
      return parameter.enum.includes(String(value))
        ? ok(String(value))
        : fail(`is "${value}", expected one of ${parameter.enum.map((one) => `"${one}"`).join(', ')}`);
  }
}

function lookUp(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  isOptional: boolean,
): Result<string, string> {
  const missing = new Set<string>();
  const value = text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    const found = env[name];
    if (found === undefined || found === '') missing.add(name);
    return found ?? '';
  });
  if (missing.size === 0 || isOptional) return ok(value);
  const names = [...missing].map((name) => `$${name}`).join(', ');
  return fail(`is "${text}", but ${names} is not set in the environment`);
}
