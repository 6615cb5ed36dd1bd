/** What is wrong with a config, and where: a path of keys and indexes from its top. */
export interface Problem {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Collects problems; the way of everything below to say that something is wrong and go on. */
export type Report = (problem: Problem) => void;

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a mapping; an empty one when it is something else. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
