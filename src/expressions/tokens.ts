import { fail, ok, type Result } from '../result.js';
import type { ExpressionProblem, Operator, Span } from './expression.js';
import { checkPattern } from './pattern.js';

/** One word or sign of an expression. */
export type Token = Span &
  (
    | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'end' }
    | { readonly kind: 'operator'; readonly operator: Operator }
    | { readonly kind: 'value'; readonly value: string | number | boolean }
    | { readonly kind: 'pattern'; readonly source: string }
    | { readonly kind: 'name'; readonly name: string }
  );

const SPACE = /[ \t\r\n]*/y;
const SIGN = /[()]|[=!<>]=|[!<>]/y;
const NUMBER = /\d+/y;
const STRING = /"(?:\\["\\]|[^"])*"/y;
const PATTERN = /\/(?:\\\/|[^/])*\//y;
/** Letters first; then `.` between parts, never twice. */
const NAME = /[A-Za-z](?:[\w?-]|\.(?=[\w?-]))*/y;

const LONGEST_PATTERN = 256;
const WORDS = new Set(['starts-with', 'contains', 'matches']);

/**
 * The tokens of an expression, or the first thing in it that is none. The grammar is that of CircleCI's own evaluator,
 * https://github.com/CircleCI-Public/expr.
 */
export function tokenize(text: string): Result<readonly Token[], ExpressionProblem> {
  const tokens: Token[] = [];
  let at = 0;
  const take = (expected: RegExp): string | undefined => {
    expected.lastIndex = at;
    return expected.exec(text)?.[0];
  };
  for (;;) {
    at += take(SPACE)?.length ?? 0;
    if (at >= text.length) {
      tokens.push({ kind: 'end', offset: at, length: 0 });
      return ok(tokens);
    }
    const found = take(SIGN) ?? take(NUMBER) ?? take(STRING) ?? take(PATTERN) ?? take(NAME);
    const span = { offset: at, length: found?.length ?? 1 };
    const token = found === undefined ? explain(text, at) : makeToken(found, span);
    if ('message' in token) return fail(token);
    tokens.push(token);
    at += span.length;
  }
}

function makeToken(text: string, span: Span): Token | ExpressionProblem {
  const lower = text.toLowerCase() === text || text.toUpperCase() === text ? text.toLowerCase() : text;
  switch (lower) {
    case '(':
    case ')':
    case 'and':
    case 'or':
    case 'not':
      return { kind: lower, ...span };
    case '!':
      return { kind: 'not', ...span };
    case 'true':
    case 'false':
      return { kind: 'value', value: lower === 'true', ...span };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'operator', operator: lower, ...span };
  }
  const first = text.charAt(0);
  if (first === '"') return { kind: 'value', value: text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1'), ...span };
  if (first === '/') return patternToken(text.slice(1, -1).replaceAll('\\/', '/'), span);
  if (/\d/.test(first)) {
    const value = Number(text);
    if (BigInt(text) >= 2n ** 63n) return { message: 'a number ranges from 0 to 2^63 - 1', span };
    return { kind: 'value', value, ...span };
  }
  return WORDS.has(text)
    ? { kind: 'operator', operator: text as Operator, ...span }
    : { kind: 'name', name: text, ...span };
}

function patternToken(source: string, span: Span): Token | ExpressionProblem {
  if (source.length > LONGEST_PATTERN) {
    return { message: `the pattern has ${source.length} characters, expected at most ${LONGEST_PATTERN}`, span };
  }
  const foreign = /[^\0-\xff]|\\[ux]/.exec(source)?.[0];
  if (foreign !== undefined) {
    return { message: `the pattern has "${foreign}", expected ASCII and Latin-1 characters alone`, span };
  }
  const wrong = checkPattern(source);
  return wrong === undefined ? { kind: 'pattern', source, ...span } : { message: wrong, span };
}

function explain(text: string, offset: number): ExpressionProblem {
  const span = { offset, length: 1 };
  switch (text.charAt(offset)) {
    case '"':
      return { message: 'the string that starts here has no end', span };
    case '/':
      return { message: 'the pattern that starts here has no end', span };
    case '=':
      return { message: 'found "=", expected "=="', span };
    case '$':
      return { message: 'found "$", and an expression knows no variables of the environment', span };
    case "'":
      return { message: 'strings are in double quotes, not in single ones', span };
    default:
      return { message: `unexpected character "${String.fromCodePoint(text.codePointAt(offset) ?? 0)}"`, span };
  }
}
