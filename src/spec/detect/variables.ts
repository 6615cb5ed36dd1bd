import { isMapping, mappingOf } from './repository.js';

/** What the environment variables and the parameters of a config stand for: every value that is given to each. */
type Variables = ReadonlyMap<string, readonly string[]>;

/** `NAME=value` of a shell, with or without `export`. */
const ASSIGNED = /(?:^|[\s;&'"])([A-Z_][A-Z0-9_]*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"';&|)]+))/g;

/** Values of `environment:`, defaults of `parameters:`, and what steps assign, anywhere in a config. */
export function readVariables(value: unknown): Variables {
  const found = new Map<string, string[]>();
  const add = (name: string, text: unknown) => {
    if (typeof text !== 'string' || text === '' || text.includes('\n')) return;
    const known = found.get(name) ?? [];
    found.set(name, known.includes(text) ? known : [...known, text]);
  };
  const walk = (at: unknown): void => {
    if (typeof at === 'string') {
      for (const [, name = '', double, single, plain] of at.matchAll(ASSIGNED)) add(name, double ?? single ?? plain);
    } else if (Array.isArray(at)) at.forEach(walk);
    else if (isMapping(at)) {
      for (const [key, member] of Object.entries(mappingOf(at['environment']))) add(key, member);
      for (const [key, member] of Object.entries(mappingOf(at['parameters']))) {
        add(parameterName(key), mappingOf(member)['default']);
      }
      Object.values(at).forEach(walk);
    }
  };
  walk(value);
  return found;
}

const REFERENCE = /\$([A-Z_][A-Z0-9_]*)\b|\$\{([A-Z_][A-Z0-9_]*)\}|<<\s*(?:pipeline\.)?parameters\.([\w-]+)\s*>>/g;

/** How many values of one variable are tried, how deep one may stand for another, and how much a text may grow. */
const MOST = 4;
const DEEPEST = 3;
const LARGEST = 1_000_000;

/** A text with the values of its variables in their places: once for each value that one of them has. Lines stay. */
export function expand(text: string, variables: Variables): readonly string[] {
  const count = Math.min(MOST, Math.max(1, ...[...variables.values()].map((values) => values.length)));
  return Array.from({ length: count }, (_, index) => {
    let expanded = text;
    let room = LARGEST;
    for (let depth = 0; depth < DEEPEST; depth++) {
      expanded = expanded.replaceAll(REFERENCE, (reference, plain, braced, parameter) => {
        const values = variables.get(plain ?? braced ?? parameterName(parameter)) ?? [];
        const meant = values[index] ?? values.at(-1) ?? reference;
        room -= meant.length;
        return room < 0 ? reference : meant;
      });
    }
    return expanded;
  });
}

/** Parameters are told apart from variables, whatever their names are. */
function parameterName(name: string): string {
  return `parameters.${name}`;
}
