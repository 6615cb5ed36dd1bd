import t from 'tap';
import { parseYaml } from '../../src/yaml/parse.js';

/** Lines of brackets and quotes that YAML wants further to the right, and CircleCI does not. */
const LAX = `jobs: [
  build,
&name "test
all", *name
]
environment: {
  A: 'b
 c',
D: e
}
`;

t.test('lines inside of brackets and quotes may start anywhere', async (t) => {
  const yaml = parseYaml(LAX, 'config.yml', 'not-yaml');
  if (!yaml.ok) return t.fail('it was not read');
  t.strictSame(yaml.value.value, { jobs: ['build', 'test all', 'test all'], environment: { A: 'b c', D: 'e' } });
  t.strictSame(yaml.value.keyRange(['environment', 'D']).start, { line: 9, column: 1 });
  t.strictSame(yaml.value.valueRange(['jobs', 1]), {
    start: { line: 3, column: 7 },
    end: { line: 4, column: 5 },
  });
  t.strictSame(yaml.value.valueRange(['jobs', 2]).start, { line: 4, column: 7 });
});

t.test('such a line may be nearer to the start of the text than others are moved', async (t) => {
  const yaml = parseYaml('a: {\nb: {\n          c: d\n}\n}\n', 'config.yml', 'not-yaml');
  t.match(yaml, { ok: true, value: { value: { a: { b: { c: 'd' } } } } });
});

t.test('the line that ends a document ends it inside of brackets and quotes too', async (t) => {
  for (const text of ['a: "b\n---\nc"\n', 'a: [b,\n...\n]\n']) {
    t.match(parseYaml(text, 'config.yml', 'not-yaml'), { ok: false, error: [{ range: { start: { line: 2 } } }] });
  }
});

t.test('a bracket that nothing closes is told where the next key starts', async (t) => {
  const yaml = parseYaml('jobs: [build\nworkflows: {}\n', 'config.yml', 'not-yaml');
  if (yaml.ok) return t.fail('it was read');
  t.match(yaml.error, [{ range: { start: { line: 2, column: 1 } }, help: /close the bracket/ }]);
});

t.test('many such lines are read, and too many are given up', async (t) => {
  const many = Array.from({ length: 200 }, (_, index) => `  job-${index}: [\n    build\n  ]\n`);
  t.ok(parseYaml(`jobs:\n${many.join('')}`, 'config.yml', 'not-yaml').ok);
  t.notOk(parseYaml(`jobs: [\n${'build,\n'.repeat(50_000)}]\n`, 'config.yml', 'not-yaml').ok);
});
