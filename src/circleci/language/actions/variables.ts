import type { Mapping } from '../../../yaml/mapping.js';

/** Variables whose values are known. */
export type Variables = ReadonlyMap<string, string>;

/** Variables of a mapping such as `environment`, over others. */
export function withVariables(variables: Variables, environment: unknown): Variables {
  if (typeof environment !== 'object' || environment === null) return variables;
  const result = new Map(variables);
  for (const [name, value] of Object.entries(environment as Mapping)) {
    if (value !== null && typeof value !== 'object') result.set(name, String(value));
  }
  return result;
}

const REFERENCE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** Puts in the values that are known; every other variable stays as it is written, `${NAME}` as `$NAME`. */
export function expand(text: string, variables: Variables): string {
  return text.replaceAll(REFERENCE, (_, bare, braced) => {
    const name = String(bare ?? braced);
    return variables.get(name) ?? `$${name}`;
  });
}
