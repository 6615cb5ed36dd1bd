import t from 'tap';
import { parseExpression } from '../../src/expressions/parse.js';
import { printExpression } from '../../src/expressions/print.js';
import { asCondition, reduce, truthOf, Unknown } from '../../src/expressions/reduce.js';

type Values = Readonly<Record<string, unknown>>;

/** What is left of an expression: a value as JSON, or an expression. */
function evaluate(text: string, values: Values = {}): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) return `at ${parsed.error.span.offset}: ${parsed.error.message}`;
  const problems: string[] = [];
  const lookUp = (name: string) => (Object.hasOwn(values, name) ? values[name] : new Unknown());
  const reduced = reduce(parsed.value, lookUp, ({ message, span }) => problems.push(`at ${span.offset}: ${message}`));
  if (problems.length > 0) return problems.join();
  return reduced.kind === 'value' ? JSON.stringify(reduced.value) : printExpression(reduced);
}

// https://github.com/CircleCI-Public/expr, README: "Precedence and associativity", "Variables", "Literals".
const CASES: readonly (readonly [string, string, Values?])[] = [
  ['true or false and false', 'true'],
  ['(true or false) and false', 'false'],
  ['not true and false', 'false'],
  ['not (true and false)', 'true'],
  ['!true or TRUE AND NOT FALSE', 'true'],
  ['1 < 2 == true', 'true'],
  ['"a" starts-with "a" == true', 'true'],
  ['"hello world" contains "lo wo"', 'true'],
  ['"hello world" matches /world/', 'false'],
  ['"hello world" matches /.* world/', 'true'],
  ['"HELLO" matches /(?i)hello/', 'true'],
  ['"a/b" matches /a\\/b/', 'true'],
  ['5 == "5"', 'false'],
  ['5 != "5"', 'true'],
  ['true == 12', 'false'],
  ['"a\\"b\\\\c"', '"a\\"b\\\\c"'],
  ['12 and "x"', '"x"'],
  ['false or 12', '12'],
  ['0 and 1', '1'],
  ['"" or 1', '""'],
  // A value that is not defined is neither equal nor unequal, and false as a condition.
  ['foo == foo', 'null', { foo: null }],
  ['foo != 2', 'null', { foo: null }],
  ['foo > 3', 'null', { foo: null }],
  ['foo or 12', '12', { foo: null }],
  ['foo and 12', 'null', { foo: null }],
  ['not foo', 'true', { foo: null }],
  // What is not known stays, and no more than that.
  ['foo == "x" and bar == "y"', 'bar == "y"', { foo: 'x' }],
  ['foo == "x" or bar == "y"', 'true', { foo: 'x' }],
  ['foo == "x" and bar == "y"', 'false', { foo: 'z' }],
  ['(foo or bar) and not (foo or bar)', '(foo or bar) and not (foo or bar)'],
  ['foo == (bar == 1)', 'foo == (bar == 1)'],
  ['(foo == bar) == 1', 'foo == bar == 1'],
  ['not (foo > 1)', 'not (foo > 1)'],
  ['foo matches /a\\/b/', 'foo matches /a\\/b/'],
  // What stands behind "not" is true or false, whatever it is.
  ['not foo == "x"', 'false'],
  ['not foo != "x"', 'true'],
  ['not foo == true', 'not foo == true'],
  ['not foo starts-with "x"', 'at 8: "starts-with" compares strings, and "not" before it binds first: write not (...)'],
  // Wrong types are said with the operator's place.
  ['5 > true', 'at 2: ">" compares numbers'],
  ['"a" < "b"', 'at 4: "<" compares numbers'],
  ['foo starts-with 5', 'at 4: "starts-with" compares strings'],
  ['5 matches /x/', 'at 2: "matches" compares a string'],
  ['"x" matches "x"', 'at 4: "matches" expects a pattern on its right, /.../'],
  // What is no expression.
  ['', 'at 0: expected a value, found the end of the expression'],
  ['and', 'at 0: expected a value, found "and"'],
  ['a b', 'at 2: unexpected "b"'],
  ['a invalid b', 'at 2: there is no operator "invalid"'],
  ['(1 > 2 3', 'at 7: expected ")", found 3'],
  ['1 > 2) < 3', 'at 5: unexpected ")"'],
  ['a..b', 'at 1: unexpected character "."'],
  ['_a', 'at 0: unexpected character "_"'],
  ['=!', 'at 0: found "=", expected "=="'],
  ['x "open', 'at 2: the string that starts here has no end'],
  ['x /open', 'at 2: the pattern that starts here has no end'],
  ["x == 'a'", 'at 5: strings are in double quotes, not in single ones'],
  ['9223372036854775808', 'at 0: a number ranges from 0 to 2^63 - 1'],
  ['/foo(?:bar/', 'at 0: the pattern is not a regular expression'],
  ['/foo⏰/', 'at 0: the pattern has "⏰", expected ASCII and Latin-1 characters alone'],
  ['/(a)\\1/', 'at 0: the pattern refers back to a group, which CircleCI does not support'],
  ['/a(?=b)/', 'at 0: the pattern looks ahead or behind, which CircleCI does not support'],
  [`/${'x'.repeat(257)}/`, 'at 0: the pattern has 257 characters, expected at most 256'],
];

t.test('expressions are worth what CircleCI makes of them', async (t) => {
  for (const [text, expected, values] of CASES) {
    t.equal(
      evaluate(text, values),
      expected,
      `${text.slice(0, 60)} ${values === undefined ? '' : JSON.stringify(values)}`,
    );
  }
});

t.test('as a condition, what cannot change anything is left out', async (t) => {
  const condition = (text: string): string => {
    const parsed = parseExpression(text);
    if (!parsed.ok) return parsed.error.message;
    const reduced = asCondition(
      reduce(
        parsed.value,
        () => new Unknown(),
        () => undefined,
      ),
    );
    return String(truthOf(reduced) ?? printExpression(reduced));
  };
  t.equal(condition('a and true'), 'a');
  t.equal(condition('false or a or false'), 'a');
  t.equal(condition('a and (b or true)'), 'a');
  t.equal(condition('a and false'), 'false');
  t.equal(condition('a or 1'), 'true');
  t.equal(condition('not a and (b or c)'), 'not a and (b or c)');
});
