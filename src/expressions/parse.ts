import { fail, ok, type Result } from '../result.js';
import type { Expression, ExpressionProblem, Operator } from './expression.js';
import { type Token, tokenize } from './tokens.js';

/** Parentheses and `not` in each other; more is not written by people, and would exhaust the stack. */
const DEEPEST = 100;

const COMPARISONS: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>=']);

/**
 * Parses an expression. From weak to strong: `or`, `and`, then `==`, `!=`, `starts-with`, `contains` and `matches`, then
 * `<`, `<=`, `>` and `>=`, then `not`; all of them group to the left.
 * @returns the expression, or the first problem with its place in the text
 */
export function parseExpression(text: string): Result<Expression, ExpressionProblem> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(tokens.value).parse());
  } catch (error) {
    if (error instanceof Unexpected) return fail(error.problem);
    throw error;
  }
}

/** Leaves the parser, and no more than that. */
class Unexpected extends Error {
  readonly problem: ExpressionProblem;
  constructor(message: string, { offset, length }: Token) {
    super(message);
    this.problem = { message, span: { offset, length: Math.max(1, length) } };
  }
}

class Parser {
  private at = 0;
  private depth = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Expression {
    const expression = this.or();
    const rest = this.peek();
    if (rest.kind === 'end') return expression;
    const operator = rest.kind === 'name' && this.tokens[this.at + 1]?.kind !== 'end';
    throw new Unexpected(operator ? `there is no operator "${rest.name}"` : `unexpected ${describe(rest)}`, rest);
  }

  private or(): Expression {
    return this.list('or', () => this.list('and', () => this.equality()));
  }

  private list(kind: 'and' | 'or', next: () => Expression): Expression {
    const first = next();
    const operands = [first];
    while (this.peek().kind === kind) {
      this.at++;
      operands.push(next());
    }
    return operands.length === 1 ? first : { kind, operands };
  }

  private equality(): Expression {
    return this.binary(
      () =>
        this.binary(
          () => this.unary(),
          (operator) => COMPARISONS.has(operator),
        ),
      (operator) => !COMPARISONS.has(operator),
    );
  }

  private binary(next: () => Expression, mine: (operator: Operator) => boolean): Expression {
    let left = next();
    for (;;) {
      const token = this.peek();
      if (token.kind !== 'operator' || !mine(token.operator)) return left;
      this.at++;
      const { operator, offset, length } = token;
      left = { kind: 'compare', operator, left, right: next(), span: { offset, length } };
    }
  }

  private unary(): Expression {
    const token = this.peek();
    if (token.kind !== 'not') return this.primary();
    return this.deeper(token, () => ({ kind: 'not', operand: this.unary() }));
  }

  private primary(): Expression {
    const token = this.peek();
    switch (token.kind) {
      case 'value':
        this.at++;
        return { kind: 'value', value: token.value };
      case 'pattern':
        this.at++;
        return { kind: 'pattern', source: token.source };
      case 'name':
        this.at++;
        return { kind: 'name', name: token.name, span: { offset: token.offset, length: token.length } };
      case '(':
        return this.deeper(token, () => {
          const inner = this.or();
          const end = this.peek();
          if (end.kind !== ')') throw new Unexpected(`expected ")", found ${describe(end)}`, end);
          this.at++;
          return inner;
        });
      default:
        throw new Unexpected(`expected a value, found ${describe(token)}`, token);
    }
  }

  private deeper(token: Token, parse: () => Expression): Expression {
    this.at++;
    if (++this.depth > DEEPEST) throw new Unexpected(`more than ${DEEPEST} levels in each other`, token);
    const expression = parse();
    this.depth--;
    return expression;
  }

  private peek(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Error('read beyond the end of an expression');
    return token;
  }
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the expression';
    case 'operator':
      return `"${token.operator}"`;
    case 'value':
      return JSON.stringify(token.value);
    case 'pattern':
      return `/${token.source}/`;
    case 'name':
      return `"${token.name}"`;
    default:
      return `"${token.kind}"`;
  }
}
