import type { Path } from './parse.js';

/** More values than this make a config of more than 8 MB, which is the most that CircleCI compiles. */
const MOST = 1_000_000;

/** Without aliases the parser allows 100 levels. */
const DEEPEST = 500;
/** Characters of one text. js-yaml cannot write a longer one: its expressions for plain scalars run out of stack. */
export const LONGEST_TEXT = 1024 * 1024;

/**
 * Aliases may lead back to where they stand, or make a text of ten lines one of ten million, and a text may be longer than
 * can be written again. Everything else walks values to their end, so that is found out first.
 * @returns what is wrong and where; undefined when the value has an end that is near enough
 */
export function findUnusable(value: unknown): { readonly path: Path; readonly message: string } | undefined {
  let count = 0;
  const above = new Set<unknown>();
  const visit = (at: unknown, path: Path): ReturnType<typeof findUnusable> => {
    if (isLong(at)) return { path, message: `a text of ${at.length} characters, expected at most ${LONGEST_TEXT}` };
    if (typeof at !== 'object' || at === null) return undefined;
    if (above.has(at)) return { path, message: 'the alias leads back to what it stands in, so it has no end' };
    if (above.size > DEEPEST) return { path, message: `with its aliases this is nested deeper than ${DEEPEST} levels` };
    above.add(at);
    for (const [key, member] of Object.entries(at)) {
      if (isLong(key)) return { path, message: `a key of ${key.length} characters, expected at most ${LONGEST_TEXT}` };
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

function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.length > LONGEST_TEXT;
}
