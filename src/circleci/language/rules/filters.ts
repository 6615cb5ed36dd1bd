import { isMapping, mappingOf } from '../../../yaml/mapping.js';
import type { Invocation } from '../model.js';

/** The `only` and `ignore` of a filter, as texts. */
export interface Specifiers {
  readonly only: readonly string[] | undefined;
  readonly ignore: readonly string[] | undefined;
}

/** What a job says about branches or tags; undefined where it says nothing, or filters by an expression. */
export function specifiersOf({ filters }: Invocation, of: 'branches' | 'tags'): Specifiers | undefined {
  if (filters?.kind !== 'map' || !isMapping(filters.map[of])) return undefined;
  const { only, ignore } = mappingOf(filters.map[of]);
  const list = (value: unknown) => (value === undefined || value === null ? undefined : [value].flat().map(String));
  return { only: list(only), ignore: list(ignore) };
}

/** Whether a specifier, a name or a /pattern/, matches a whole name; undefined when the pattern cannot be tried here. */
export function specifierMatches(specifier: string, name: string): boolean | undefined {
  const pattern = /^\/(.*)\/$/s.exec(specifier)?.[1];
  if (pattern === undefined) return specifier === name;
  try {
    return new RegExp(`^(?:${pattern})$`).test(name);
  } catch {
    return undefined;
  }
}

/** Whether a job is known not to run for a branch. */
export function isFilteredOut(invocation: Invocation, branch: string): boolean {
  const specifiers = specifiersOf(invocation, 'branches');
  if (specifiers === undefined) return false;
  const { only, ignore } = specifiers;
  if (only !== undefined) return only.every((one) => specifierMatches(one, branch) === false);
  return ignore?.some((one) => specifierMatches(one, branch) === true) ?? false;
}
