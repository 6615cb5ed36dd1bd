import t from 'tap';
import { compileConfig } from '../../src/circleci/language/compile.js';
import { locateProblem } from '../../src/circleci/language/locate.js';
import { compiledConfig } from '../../src/circleci/language/output.js';
import { parseTemplate } from '../../src/circleci/language/template.js';
import { readPipeline } from '../../src/cli/process/pipeline.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { printExpression } from '../../src/expressions/print.js';
import { mappingOf } from '../../src/yaml/mapping.js';
import { parseYaml } from '../../src/yaml/parse.js';
import { stringifyYaml } from '../../src/yaml/stringify.js';
import { goldenCases } from '../support/golden.js';

/** Texts that are tried; MUTATIONS=10000 tries more. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 120);
/** Milliseconds that none takes, on a machine however slow. */
const SLOWEST = 60_000;

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Does all that `gen-config process` does with a text, and prints what has problems as well. */
function compile(text: string, unused = true): { readonly codes: readonly string[]; readonly printed: string } {
  const yaml = parseYaml(text, 'config.yml', 'not-yaml', '1.1');
  if (!yaml.ok) return { codes: yaml.error.map(({ code }) => code), printed: '' };
  const { value } = yaml.value;
  const pipeline = readPipeline({}, mappingOf(value));
  const values = pipeline.ok ? pipeline.value : {};
  const model = compileConfig({ file: 'config.yml', value, yaml: yaml.value }, { unused, values });
  const codes = model.problems.map((problem) => locateProblem(problem, 'error').code);
  return { codes, printed: codes.includes('compile/too-large') ? '' : stringifyYaml(compiledConfig(model)) };
}

const WORDS = [
  '<<',
  '>>',
  '\\<<',
  '<< parameters.x >>',
  '<< pipeline.git.branch >>',
  '<<# a >>',
  '<</ a >>',
  '<<^ b >>',
  '&a',
  '*a',
  '<<: *a',
  '{}',
  '[]',
  '[[',
  '}',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '"',
  "'",
  '|',
  '>',
  '~',
  'null',
  'true',
  '-1',
  '1e999',
  '.nan',
  'when:',
  'unless:',
  'steps:',
  'matrix:',
  'exclude:',
  'requires:',
  'type: executor',
  'type: steps',
  'executor: x/y',
  'constructor',
  '__proto__',
  'toString',
  '\u0000',
  '\u{1F600}',
  '/(/',
  'version: 2',
  'setup: true',
]; // prettier-ignore

const seeds = goldenCases('process').map(({ read }) => read('config.yml') ?? '');

function mutate(text: string, random: (below: number) => number): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  switch (random(6)) {
    case 0: // a word somewhere
      return splice(text, random(text.length), 0, WORDS[random(WORDS.length)] ?? '');
    case 1: // a piece missing
      return splice(text, random(text.length), random(20), '');
    case 2: // a line somewhere else
      return [...lines.slice(0, at), lines[random(lines.length)] ?? '', ...lines.slice(at)].join('\n');
    case 3: // a line missing
      return lines.toSpliced(at, 1).join('\n');
    case 4: // a line further in
      return lines.with(at, `  ${lines[at]}`).join('\n');
    default: // a value of another type
      return lines.with(at, (lines[at] ?? '').replace(/: .*$/, `: ${WORDS[random(WORDS.length)]}`)).join('\n');
  }
}

function splice(text: string, at: number, length: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + length);
}

t.test('mutated configs never throw, and never take long', async (t) => {
  const random = randomNumbers(20);
  let slowest = 0;
  for (let count = 0; count < MUTATIONS; count++) {
    let text = seeds[random(seeds.length)] ?? '';
    for (let times = 1 + random(6); times > 0; times--) text = mutate(text, random);
    const before = performance.now();
    try {
      const { codes, printed } = compile(text);
      const again = codes.length > 0 ? { codes: [], printed } : compile(printed, false);
      if (again.codes.length > 0 || again.printed !== printed) {
        t.strictSame(again, { codes: [], printed }, 'what comes out compiles to itself', { text });
        return;
      }
    } catch (error) {
      t.fail(`after ${count} texts: ${error instanceof Error ? error.stack : error}`, { text });
      return;
    }
    slowest = Math.max(slowest, performance.now() - before);
  }
  t.ok(slowest < SLOWEST, `the slowest took ${slowest.toFixed(0)} ms`);
});

t.test('expressions of any words are parsed or refused, and what is parsed is printed as the same', async (t) => {
  const random = randomNumbers(21);
  const words = [
    'and',
    'or',
    'not',
    '(',
    ')',
    '==',
    '!=',
    '<',
    '>=',
    'starts-with',
    'matches',
    '/a+/',
    '"a\\"b"',
    '7',
    'x.y',
    'true',
    '"',
    '&',
  ];
  let parsed = 0;
  for (let count = 0; count < 4_000; count++) {
    const text = Array.from({ length: 1 + random(9) }, () => words[random(words.length)]).join(' ');
    const first = parseExpression(text);
    parseTemplate(`a << ${text} >> b`);
    if (!first.ok) continue;
    parsed++;
    const printed = printExpression(first.value);
    const second = parseExpression(printed);
    if (!second.ok || printExpression(second.value) !== printed) t.fail(`${text} is printed as ${printed}`);
  }
  t.ok(parsed > 100, `${parsed} of them are expressions`);
});

const docker = 'docker: [{ image: x }]';
const around = (jobs: string, more = '') => `version: 2.1\n${more}jobs:\n${jobs}\nworkflows: { w: { jobs: [j] } }\n`;
const job = (steps: string) => `  j:\n    ${docker}\n    steps: ${steps}`;

/** Texts that would take memory or time without an end, with what is said of them. */
const BOMBS: readonly (readonly [string, () => string, string | RegExp])[] = [
  [
    'aliases of aliases',
    () => {
      const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
      for (let n = 1; n < 12; n++)
        lines.push(
          `a${n}: &a${n} [${Array(10)
            .fill(`*a${n - 1}`)
            .join(', ')}]`,
        );
      return `${lines.join('\n')}\n${around(job('*a11'))}`;
    },
    'not-yaml',
  ],
  ['an alias of itself', () => around(job('&s [*s]')), 'not-yaml'],
  [
    'merge keys of merge keys',
    () => {
      const lines = ['m0: &m0 { a: 1 }'];
      for (let n = 1; n < 25; n++) lines.push(`m${n}: &m${n}\n  <<: [*m${n - 1}, *m${n - 1}]\n  k${n}: 1`);
      return `${lines.join('\n')}\n${around(job('[checkout]'))}`;
    },
    '',
  ],
  ['deep nesting', () => around(job(`${'['.repeat(5000)}${']'.repeat(5000)}`)), 'not-yaml'],
  [
    'deep logic',
    () => around(job(`[{ when: { condition: ${'{ not: '.repeat(90)}true${' }'.repeat(90)}, steps: [checkout] } }]`)),
    /^(?:not-yaml)?$/,
  ],
  [
    'deep parentheses',
    () => around(job(`[{ run: '<< ${'('.repeat(900)}1${')'.repeat(900)} >>' }]`)),
    'compile/wrong-reference',
  ],
  [
    'a text that doubles',
    () => {
      const parameter = '{ p: { type: string } }';
      const commands = Array.from(
        { length: 60 },
        (_, n) =>
          `  c${n}: { parameters: ${parameter}, steps: [{ c${n + 1}: { p: "<< parameters.p >><< parameters.p >>" } }] }`,
      );
      const last = `  c60: { parameters: ${parameter}, steps: [{ run: << parameters.p >> }] }`;
      return around(job('[{ c0: { p: xxxxxxxx } }]'), `commands:\n${commands.join('\n')}\n${last}\n`);
    },
    'compile/too-large',
  ],
  [
    'a long text in many places',
    () => {
      const command = `  c: { steps: [{ run: ${'x'.repeat(100_000)} }] }`;
      return around(job(`[${Array(5000).fill('c').join(', ')}]`), `commands:\n${command}\n`);
    },
    'compile/too-large',
  ],
  [
    'a long chain of commands',
    () => {
      const commands = Array.from({ length: 5000 }, (_, n) => `  c${n}: { steps: [c${n + 1}] }`);
      return around(job('[c0]'), `commands:\n${commands.join('\n')}\n  c5000: { steps: [checkout] }\n`);
    },
    'compile/endless-command',
  ],
  [
    'a matrix that multiplies',
    () => {
      const names = [...'abcdefgh'];
      const values = names.map((name) => `${name}: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]`).join(', ');
      const parameters = names.map((name) => `${name}: { type: integer }`).join(', ');
      const body = `  j:\n    ${docker}\n    parameters: { ${parameters} }\n    steps: [checkout]`;
      return `version: 2.1\njobs:\n${body}\nworkflows: { w: { jobs: [{ j: { matrix: { parameters: { ${values} } } } }] } }\n`;
    },
    'compile/wrong-matrix',
  ],
  [
    'a long chain of jobs',
    () => {
      const entries = Array.from({ length: 5000 }, (_, n) => `      - j: { name: j${n}, requires: [j${n + 1}] }`);
      return `version: 2.1\njobs:\n${job('[checkout]')}\nworkflows:\n  w:\n    jobs:\n${entries.join('\n')}\n      - j: { name: j5000, requires: [j0] }\n`;
    },
    'compile/cycle',
  ],
  [
    'orbs in orbs',
    () => `version: 2.1\n${orbsInOrbs(40)}\njobs:\n${job('[checkout]')}\nworkflows: { w: { jobs: [j] } }\n`,
    '',
  ],
]; // prettier-ignore

function orbsInOrbs(depth: number): string {
  let inner = '{}';
  for (let n = 0; n < depth; n++) inner = `{ o: ${inner} }`;
  return `orbs: ${inner.replaceAll('{ o:', '{ orbs: { o:').replaceAll(/ \}(?= |$)/g, ' } }')}`;
}

t.test('what multiplies is a diagnostic', async (t) => {
  for (const [name, text, code] of BOMBS) {
    const before = performance.now();
    const { codes } = compile(text());
    const took = performance.now() - before;
    if (code === '') t.strictSame(codes, [], name);
    else if (typeof code === 'string') t.ok(codes.includes(code), `${name}: ${codes.slice(0, 3).join(', ')}`);
    else t.match(codes.join(), code, name);
    t.ok(took < SLOWEST, `${name}: ${took.toFixed(0)} ms`);
  }
});
