import { readdirSync } from 'node:fs';
import t from 'tap';
import { validateConfig } from '../../src/circleci/language/rules/validate.js';
import { goldenCases, readText } from '../support/golden.js';

const find = (text: string) =>
  validateConfig(text, 'c').map(
    ({ code, range, message }) => `${range.start.line}:${range.start.column} ${code} ${message}`,
  );

t.test('a problem stands where it is written, behind aliases and merge keys too', async (t) => {
  const found = find(`version: 2.1
shared: &shared
  docker: [{ image: cimg/base:2026.01, imag: x }]
more: &more
  <<: *shared
  resource_clas: large
jobs:
  build:
    <<: *more
    steps: &steps
      - run: { comand: make }
  again:
    <<: [*more]
    steps: *steps
workflows:
  main: { jobs: [build, again] }
`);
  t.strictSame(
    found,
    [
      '3:40 config/unknown-key unknown key "imag" in a Docker image',
      '6:3 config/unknown-key unknown key "resource_clas" in a job',
      '11:16 config/unknown-key unknown key "comand" in a run step',
    ],
    'each once',
  );
});

t.test('what is wrong in a script is underlined in the script', async (t) => {
  const [diagnostic] = validateConfig(
    `version: 2.1
jobs:
  build:
    docker: [{ image: cimg/base:2026.01 }]
    steps:
      - run:
          command: |
            make
            curl https://example.com/x | sh
workflows: { main: { jobs: [build] } }
`,
    'c',
  );
  t.match(diagnostic, {
    code: 'config/piped-download',
    range: { start: { line: 9, column: 13 }, end: { column: 44 } },
  });
});

t.test('YAML is read as CircleCI reads it', async (t) => {
  const job = (keys: string) => `version: 2.1
jobs:
  build:
    machine: { image: "ubuntu-2404:current", docker_layer_caching: ${keys} }
    steps: [run: make]
workflows: { main: { jobs: [build] } }
`;
  t.strictSame(find(job('yes')), [], 'yes is true');
  t.strictSame(find(job('y')), [
    '4:68 config/wrong-type "docker_layer_caching" is the text "y", expected true or false',
  ]);
});

/** A generator of numbers that is the same at every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Texts that a config may be mutated with. */
const SCRAPS = [
  '<<',
  '>>',
  '*x',
  '&x ',
  ': ',
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|',
  '0',
  '~',
  '\t',
  '!!',
  '\\',
  '__proto__',
  '\0',
  '%',
  '#',
  '<<: *x',
  'steps:',
  'when:',
];

/** Texts that are tried; MUTATIONS=10000 tries more. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 60);

t.test('no text makes it fail', async (t) => {
  const texts = [
    ...readdirSync('test/golden/accepted').map((name) => readText(`test/golden/accepted/${name}`) ?? ''),
    ...goldenCases('rules').map(({ read }) => read('bad.yml') ?? ''),
  ];
  const next = random(1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  for (let runs = 0; runs < MUTATIONS; runs++) {
    let text = pick(texts);
    for (let count = 1 + Math.floor(next() * 4); count > 0; count--) {
      const at = Math.floor(next() * text.length);
      const length = Math.floor(next() * 12);
      const other = pick(texts);
      const from = Math.floor(next() * other.length);
      const scrap = next() < 0.5 ? pick(SCRAPS) : other.slice(from, from + Math.floor(next() * 60));
      text = text.slice(0, at) + scrap + text.slice(at + length);
    }
    try {
      validateConfig(text, 'c');
    } catch (error) {
      t.fail(`${error instanceof Error ? error.stack : error}\n${text}`);
    }
  }
});

t.test('what is too much is said, and not tried', async (t) => {
  const bomb = Array.from({ length: 12 }, (_, level) => {
    return `x${level}: &x${level} [${
      level === 0
        ? 'x'
        : Array(10)
            .fill(`*x${level - 1}`)
            .join(', ')
    }]`;
  });
  const chain = Array.from(
    { length: 5_000 },
    (_, index) => `a${index}: &a${index} { x: ${index === 0 ? 1 : `*a${index - 1}`} }`,
  );
  const commands = Array.from({ length: 12 }, (_, level) => {
    return `  c${level}:\n    steps: [${
      level === 0
        ? 'checkout'
        : Array(12)
            .fill(`c${level - 1}`)
            .join(', ')
    }]`;
  });
  const tail =
    'jobs:\n  build:\n    docker: [{ image: x:1 }]\n    steps: [c11]\nworkflows: { main: { jobs: [build] } }\n';
  const cases: Readonly<Record<string, string>> = {
    'deep nesting': `jobs: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    aliases: `version: 2.1\n${bomb.join('\n')}\n`,
    'a chain of aliases': `version: 2.1\n${chain.join('\n')}\n`,
    'an alias to itself': 'jobs: &a { build: *a }\n',
    commands: `version: 2.1\ncommands:\n${commands.join('\n')}\n${tail}`,
    'a long key': `jobs: { ? ${'x'.repeat(500_000)} : 1 }\n`,
    'a long text': `version: 2.1\njobs: ${'x<<'.repeat(300_000)}\n`,
    'a long script': `version: 2.1\nsetup: 1\njobs: { build: { docker: [{ image: x:1 }], steps: [run: "${'curl |a=a=a= '.repeat(10_000)}"] } }\n`,
    'many mistakes': `jobs: { ${'a: b, '.repeat(100_000)} }\n`,
    'a config that is large': `version: 2.1\njobs: { a: { docker: [{ image: x:1 }], steps: [${`run: ${'x'.repeat(100_000)}, `.repeat(90)}] } }\nworkflows: { w: { jobs: [a] } }\n`,
    'many jobs': `jobs:\n${Array.from({ length: 2_000 }, (_, index) => `  j${index}: { docker: [{ image: x:1 }], steps: [checkout] }\n`).join('')}`,
  };
  for (const [what, text] of Object.entries(cases)) {
    const start = Date.now();
    const found = validateConfig(text, 'c');
    t.ok(found.length > 0, `${what}: something is found`);
    t.ok(found.length < 10_000, `${what}: ${found.length} things`);
    t.ok(
      found.every(({ message }) => message.length < 2000),
      `${what}: in few words`,
    );
    t.ok(Date.now() - start < 60_000, `${what}: in ${Date.now() - start} ms`);
  }
});

t.test('an example of an orb is compiled with the orb that all of them import', async (t) => {
  const example = (orbs: string, step: string) =>
    `{ usage: { version: 2.1, orbs: ${orbs}, jobs: { j: { docker: [{ image: "x:1" }], steps: [${step}] } }, workflows: { w: { jobs: [j] } } } }`;
  const find = (...examples: readonly string[]) => {
    const listed = examples.map((text, index) => `  e${index}: ${text}\n`).join('');
    const orb = `version: 2.1\ndescription: x\ncommands: { say: { steps: [checkout] } }\nexamples:\n${listed}`;
    return validateConfig(orb, 'orb.yml').map(({ message }) => message);
  };
  const both = '{ n: circleci/node@7.1.0, t: acme/talk@1.0.0 }';
  t.strictSame(find(example(both, 'n/install, t/sya'), example('{ t: acme/talk@2.0.0 }', 't/say')), [
    'the example "e0": there is no command "t/sya", did you mean "t/say"?',
  ]);
  t.strictSame(find(example(both, 'n/install, t/sya')), [], 'which of the two it is nobody says');
});
