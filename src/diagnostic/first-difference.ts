/** Where a text is not what was expected. */
export interface Difference {
  /** The first line that differs, counted from 1. */
  readonly line: number;
  /** That line in the text, and in what was expected; undefined where it has ended. */
  readonly found: string | undefined;
  readonly expected: string | undefined;
}

/** The text with `\n` line ends: git may have changed them at checkout, which is no difference. */
export function unix(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Whether two texts are the same but for their line ends. */
export function sameText(a: string, b: string): boolean {
  return unix(a) === unix(b);
}

/** The first line in which two texts differ, but for their line ends; undefined when there is none. */
export function findFirstDifference(text: string, expected: string): Difference | undefined {
  const found = unix(text).split('\n');
  const wanted = unix(expected).split('\n');
  const length = Math.max(found.length, wanted.length);
  for (let index = 0; index < length; index++) {
    if (found[index] !== wanted[index]) {
      return { line: index + 1, found: found[index], expected: wanted[index] };
    }
  }
  return undefined;
}
