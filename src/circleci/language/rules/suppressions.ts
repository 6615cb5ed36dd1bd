import type { Diagnostic } from '../../../diagnostic/diagnostic.js';
import type { Yaml } from '../../../yaml/parse.js';

/** Comments that silence diagnostics, in the forms of CircleCI's language server. */
export interface Suppressions {
  readonly file: boolean;
  /** Lines, counted from 1. */
  readonly lines: ReadonlySet<number>;
  /** First and last line. */
  readonly ranges: readonly (readonly [number, number])[];
  /** A start without an end, or the other way round. */
  readonly unbalanced: readonly { readonly offset: number; readonly length: number; readonly message: string }[];
}

const COMMENT = /(?<=^|\s)#\s*cci-ignore(?:-(?<form>next-line|start|end|file))?\s*$/gm;

/** Finds the comments: `# cci-ignore`, `# cci-ignore-next-line`, `# cci-ignore-start` to `-end`, `# cci-ignore-file`. */
export function readSuppressions(yaml: Yaml): Suppressions {
  const lines = new Set<number>();
  const ranges: (readonly [number, number])[] = [];
  const unbalanced: { readonly offset: number; readonly length: number; readonly message: string }[] = [];
  let file = false;
  let open: { readonly line: number; readonly offset: number; readonly length: number } | undefined;
  for (const { index: offset, 0: comment, groups } of yaml.text.matchAll(COMMENT)) {
    if (yaml.inScalar(offset)) continue;
    const length = comment.trimEnd().length;
    const line = yaml.range([offset, offset + 1]).start.line;
    switch (groups?.['form']) {
      case 'file':
        file = true;
        break;
      case 'next-line':
        lines.add(line + 1);
        break;
      case 'start':
        if (open !== undefined) unbalanced.push({ offset, length, message: 'a range is open already' });
        else open = { line, offset, length };
        break;
      case 'end':
        if (open === undefined) unbalanced.push({ offset, length, message: 'no range is open' });
        else ranges.push([open.line, line]);
        open = undefined;
        break;
      default:
        lines.add(line);
    }
  }
  if (open !== undefined) unbalanced.push({ ...open, message: 'the range has no end' });
  return { file, lines, ranges, unbalanced };
}

/** Whether a comment silences a diagnostic: by the line that it starts on. */
export function isSuppressed({ range }: Diagnostic, { file, lines, ranges }: Suppressions): boolean {
  const { line } = range.start;
  return file || lines.has(line) || ranges.some(([first, last]) => first <= line && line <= last);
}
