import type { Path } from './parse.js';

/** More values than this make a config of more than 8 MB, which is the most that CircleCI compiles. */
const MOST = 1_000_000;

/** Without aliases the parser allows 100 levels. */
const DEEPEST = 500;

/**
 * Aliases may lead back to where they stand, or make a text of ten lines one of ten million. Everything else walks values
 * to their end, so that is found out first.
 * @returns what is wrong and where; undefined when the value has an end that is near enough
 */
export function findEndless(value: unknown): { readonly path: Path; readonly message: string } | undefined {
  let count = 0;
  const above = new Set<unknown>();
  const visit = (at: unknown, path: Path): ReturnType<typeof findEndless> => {
    if (typeof at !== 'object' || at === null) return undefined;
    if (above.has(at)) return { path, message: 'the alias leads back to what it stands in, so it has no end' };
    if (above.size > DEEPEST) return { path, message: `with its aliases this is nested deeper than ${DEEPEST} levels` };
    above.add(at);
    for (const [key, member] of Object.entries(at)) {
      const here = [...path, Array.isArray(at) ? Number(key) : key];
      if (++count > MOST) return { path: here, message: `with its aliases this has more than ${MOST} values` };
      const found = visit(member, here);
      if (found !== undefined) return found;
    }
    above.delete(at);
    return undefined;
  };
  return visit(value, []);
}
