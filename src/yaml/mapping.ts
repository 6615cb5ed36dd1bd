/** A mapping of YAML or JSON, by its keys. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping: an object that is no list. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a mapping; an empty one when it is something else. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

/**
 * What a mapping itself holds under a name; undefined where it holds nothing. People may name a job `constructor`, which
 * every object inherits, so names that come from a file are looked up with this alone.
 */
export function own<T>(mapping: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return mapping !== undefined && Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return typeof part === 'number' ? at[part] : undefined;
    return isMapping(at) ? own(at, String(part)) : undefined;
  }, value);
}
