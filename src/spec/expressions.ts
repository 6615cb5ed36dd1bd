import { quote } from '../diagnostic/quote.js';
import { findUnsafe } from './texts.js';

/** A string, a regular expression behind `matches`, a pipeline value, another word, a number, an operator. */
const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\bmatches\s*\/(?:[^/\\]|\\.)*\/)|(pipeline(?:\.[\w-]+)+)|([A-Za-z][\w-]*|\d+)|([()]|[=!<>]=|[<>]))/y;

/**
 * What can be seen to be wrong in an expression of pipeline values, as the end of a sentence about it; undefined where
 * nothing is. Which values there are and what operators may compare is left to CircleCI.
 * @see https://circleci.com/docs/reference/configuration-reference/ ("Using expressions")
 */
export function findExpressionMistake(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  const unsafe = findUnsafe(text);
  if (unsafe === 'parameter') return 'has "<<": an expression of filters stands without << >>';
  if (unsafe === 'unseen') return 'has a line end or another control character: write it on one line';
  let depth = 0;
  let values = 0;
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const start = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) return `cannot be read from ${quote(text.slice(start).trimStart())} on: ${HINT}`;
    const [, , , value, , operator] = found;
    if (value !== undefined) values += 1;
    if (operator === '(') depth += 1;
    if (operator === ')') depth -= 1;
    if (depth < 0) return 'has a ")" without a "("';
  }
  if (depth > 0) return 'has a "(" without a ")"';
  return values === 0 ? 'names no pipeline value' : undefined;
}

const HINT =
  'strings stand in double quotes, a regular expression behind "matches" between slashes, and no variable of the environment is known';
