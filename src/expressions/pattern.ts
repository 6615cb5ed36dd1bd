/**
 * CircleCI matches with RE2, which has no looking around and no references back
 * (https://github.com/google/re2/wiki/Syntax), though its pages still speak of Java's expressions.
 */
const LOOK_AROUND = /\(\?<?[=!]/;
const REFERENCE_BACK = /\\[1-9]|\\k</;
const POSSESSIVE = /(?<!\\)[*+?}]\+/;
const INLINE_FLAGS = /^\(\?([imsU]+)\)/;

/** Why CircleCI would not take a pattern; undefined when it does. */
export function checkPattern(source: string): string | undefined {
  const bare = source.replaceAll(/\\\\/g, '').replaceAll(/\[(?:\\.|[^\]\\])*\]/g, '[]');
  if (LOOK_AROUND.test(bare)) return 'the pattern looks ahead or behind, which CircleCI does not support';
  if (REFERENCE_BACK.test(bare)) return 'the pattern refers back to a group, which CircleCI does not support';
  if (POSSESSIVE.test(bare)) return 'the pattern has a possessive quantifier, which CircleCI does not support';
  return compile(source) === undefined && unbalanced(bare) ? 'the pattern is not a regular expression' : undefined;
}

/** Whether the whole of a text matches; undefined when the pattern is one that only CircleCI's engine reads. */
export function matchesWhole(source: string, text: string): boolean | undefined {
  return compile(source)?.test(text);
}

const compiled = new Map<string, RegExp | undefined>();

function compile(source: string): RegExp | undefined {
  if (compiled.has(source)) return compiled.get(source);
  const flags = INLINE_FLAGS.exec(source)?.[1] ?? '';
  const body = source
    .replace(INLINE_FLAGS, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[zZ]/g, '$');
  let pattern: RegExp | undefined;
  try {
    pattern = flags.includes('U') ? undefined : new RegExp(`^(?:${body})$`, flags);
  } catch {
    pattern = undefined;
  }
  compiled.set(source, pattern);
  return pattern;
}

/** Brackets that are not closed are wrong in any dialect. */
function unbalanced(bare: string): boolean {
  let depth = 0;
  for (const [one] of bare.replaceAll(/\\./g, '').matchAll(/[()]/g)) {
    depth += one === '(' ? 1 : -1;
    if (depth < 0) return true;
  }
  return depth !== 0 || /^[*+?]|\((?:[*+]|\?$)/.test(bare);
}
