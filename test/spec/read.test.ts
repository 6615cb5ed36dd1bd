import { load } from 'js-yaml';
import t from 'tap';
import { CALLED_STEPS } from '../../src/spec/names.js';
import { schema } from '../../src/spec/schema.js';
import { generateText, serviceTexts } from '../support/generate.js';
import { goldenCases, goldenText } from '../support/golden.js';

t.test('every bad spec is refused with exactly these words', async (t) => {
  const cases = goldenCases('spec');
  t.ok(cases.length >= 20, 'the cases are found');
  for (const { name, read } of cases) {
    const result = generateText(
      read('build-once.yml') ?? '',
      read('base.yml'),
      serviceTexts(read('build-once.yml') ?? '', read),
    );
    t.notOk(result.ok, `${name} is refused`);
    if (!result.ok) t.equal(result.error, goldenText(`spec/${name}/expected.txt`, result.error), name);
  }
});

t.test('no command of a base can stand for a step of CircleCI that a generated job calls', (t) => {
  const called = goldenCases('config').flatMap(({ read }) => {
    const own = new Set(Object.keys(jobsOf(read('base.yml') ?? '{}')));
    return ['config.yml', 'continue-config.yml'].flatMap((file) =>
      Object.entries(jobsOf(read(file) ?? '{}')).flatMap(([name, { steps = [] }]) => (own.has(name) ? [] : steps)),
    );
  });
  const names = new Set(called.map((step) => (typeof step === 'string' ? step : (Object.keys(step)[0] ?? ''))));
  t.strictSame([...names].filter((name) => !name.includes('/')).sort(), [...CALLED_STEPS].sort());
  t.end();
});

function jobsOf(text: string) {
  type Job = { readonly steps?: readonly (string | object)[] };
  return (load(text) as { readonly jobs?: Readonly<Record<string, Job>> }).jobs ?? {};
}

t.test('a byte order mark and line ends of another system are not seen', async (t) => {
  const result = generateText('\uFEFFimag: 1\r\nversion: 1\r\ntest: x\r\n', undefined);
  if (result.ok) return t.fail('is refused');
  t.match(result.error, /^\.circleci\/build-once\.yml:1:1: unknown key "imag"/);
  t.match(result.error, '\n 1 | imag: 1\n   | ^~~~\n', 'nothing stands before or behind the line');
  t.match(result.error, '.circleci/build-once.yml:3:7: there is no job "x"');
});

t.test('a text that would fill the screen, or the memory, is refused in few words', async (t) => {
  const long = 'x'.repeat(1_000_000);
  const many = Array.from({ length: 400 }, (_, index) => `  e${index}: { after: mars }\n`).join('');
  const bomb = ['x0: &x0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) {
    const alias = `*x${level - 1}, `.repeat(10);
    bomb.push(`x${level}: &x${level} [${alias}]`);
  }
  const cases = {
    'a long value': generateText(`version: 1\ntest: ${long}\n`, undefined),
    'a long key': generateText(`version: 1\n? ${long}\n: 1\n`, undefined),
    'a long environment': generateText(`version: 1\nenvironments: { ${long.slice(0, 1000)}: {} }\n`, undefined),
    'deep nesting': generateText(`version: 1\ntest: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`, undefined),
    'a long command': generateText(
      'version: 1\ntest: unit\n',
      JSON.stringify({ jobs: { unit: { machine: true, steps: [{ run: 'x'.repeat(3_000_000) }] } } }),
    ),
    aliases: generateText('version: 1\ntest: unit\n', `${bomb.join('\n')}\njobs: { unit: { environment: *x8 } }\n`),
  };
  for (const [what, result] of Object.entries(cases)) {
    t.notOk(result.ok, `${what} is refused`);
    if (!result.ok) t.ok(result.error.length < 4000, `${what}: ${result.error.length} characters`);
  }
  const listed = generateText(`version: 1\nimage: { repository: ghcr.io/a/b }\nenvironments:\n${many}`, undefined);
  t.match(listed, { ok: false, error: /"e20" and 379 more \[spec\/unknown-environment\]/ });
  t.match(cases['a long command'], {
    ok: false,
    error: /base\.yml:1:\d+: a text of 3000000 characters, expected at most 1048576 \[base\/not-yaml\]/,
  });
  t.match(cases.aliases, { ok: false, error: /with its aliases this has more than 1000000 values \[base\/not-yaml\]/ });
});

t.test('every key of the schema has a description and an example', async (t) => {
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties, additionalProperties } = value as Readonly<Record<string, unknown>>;
    for (const [name, member] of Object.entries(properties ?? {})) {
      const { description, examples } = member as { readonly description?: string; readonly examples?: unknown[] };
      t.ok(description !== undefined && description.length > 10, `${path}/${name} has a description`);
      t.ok(examples !== undefined && examples.length > 0, `${path}/${name} has an example`);
      visit(member, `${path}/${name}`);
    }
    visit(additionalProperties, `${path}/*`);
  };
  visit(schema, '');
});

t.test('every pattern of the schema is also said in words', async (t) => {
  const shared = `component: "!"
defaults:
  role: x
  workload_identity: { provider: x, service_account: x }
  kubernetes: { eks: "!", region: "!", kubeconfig: "!", namespace: "!", workloads: ["!"], containers: ["!"] }
  migration: { command: [x], workload: "!", timeout: "!!" }
image:
  role: x
  build:
    args: { "!": x }
    secrets: ["!"]
    machines:
      linux/amd64: { resource_class: "!", image: "!" }
      linux/arm64: { resource_class: "!", image: "!" }
  login: { username: "!", password: "!" }
  workload_identity: { provider: x, service_account: x }
environments:
  staging:
    branch: main
    approval: X
    role: x
    workload_identity: { provider: x, service_account: x }
    image:
      repository: ghcr.io/a/c
      role: x
      login: { username: "!", password: "!" }
      workload_identity: { provider: x, service_account: x }
    kubernetes: { eks: "!", region: "!", kubeconfig: "!", namespace: "!", workloads: ["!"], containers: ["!"] }
    migration: { command: [x], workload: "!", timeout: "!!" }
`;
  const service = shared.replaceAll(/^/gm, '    ');
  const result = generateText(`version: 1\norb: x\n${shared}services:\n  api:\n${service}`, undefined);
  if (result.ok) return t.fail('is refused');
  const patterns = JSON.stringify(schema).match(/"pattern":/g) ?? [];
  // All but those of names (environments, build arguments), which have words of their own.
  const ofNames = JSON.stringify(schema).match(/"propertyNames":/g) ?? [];
  t.equal(result.error.match(/\[spec\/wrong-value\]/g)?.length, patterns.length - ofNames.length, result.error);
  t.notMatch(result.error, 'expected another form');
});

t.test('the example in the schema of each key is accepted', async (t) => {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allowUnionTypes: true });
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties, additionalProperties } = value as Readonly<Record<string, unknown>>;
    for (const [name, member] of Object.entries(properties ?? {})) {
      const {
        examples = [],
        required: _,
        ...rest
      } = member as { readonly examples?: unknown[]; readonly required?: unknown };
      const { type } = member as { readonly type?: unknown };
      // An example of a mapping shows some of its keys, not all that it needs.
      const valid = ajv.compile({
        ...rest,
        ...(JSON.stringify(rest).includes('"required"') && String(type).includes('object')
          ? { additionalProperties: true, properties: {} }
          : {}),
      });
      for (const example of examples) t.ok(valid(example), `${path}/${name}: ${JSON.stringify(example)}`);
      visit(member, `${path}/${name}`);
    }
    visit(additionalProperties, `${path}/*`);
  };
  visit(schema, '');
});
