import type { Diagnostic, Range, Severity } from '../../diagnostic/diagnostic.js';
import type { Path } from '../../yaml/parse.js';
import { findStretch } from '../../yaml/stretch.js';
import type { Problem } from './problem.js';

const NOWHERE: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };

/** A problem as a diagnostic, at the words that it is about. */
export function locateProblem(problem: Problem, severity: Severity): Diagnostic {
  const { code, message, help, source } = problem;
  const range = rangeOf(problem);
  return {
    code: `compile/${code}`,
    severity,
    message,
    file: source.file,
    range,
    ...(help === undefined ? {} : { help }),
  };
}

/** Where a problem stands. */
export function rangeOf({ source, path, span, at }: Problem): Range {
  const { yaml } = source;
  if (yaml === undefined) return NOWHERE;
  if (at === 'key') return yaml.keyRange(path);
  const whole = yaml.valueRange(path);
  if (span === undefined || span.length === 0)
    return isScalar(source.value, path) ? firstLine(whole) : yaml.keyRange(path);
  return findStretch(yaml.text, whole, span);
}

/** Whether there is a text, a number or the like at a path. */
function isScalar(value: unknown, path: Path): boolean {
  let at = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  return at !== undefined && at !== null && typeof at !== 'object';
}

/** A text of several lines is pointed at by where it starts. */
function firstLine({ start, end }: Range): Range {
  return start.line === end.line ? { start, end } : { start, end: { line: start.line, column: start.column + 1 } };
}
