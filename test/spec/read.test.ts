import t from 'tap';
import { schema } from '../../src/spec/schema.js';
import { generateText } from '../support/generate.js';
import { goldenCases, goldenText } from '../support/golden.js';

t.test('every bad spec is refused with exactly these words', async (t) => {
  const cases = goldenCases('spec');
  t.ok(cases.length >= 20, 'the cases are found');
  for (const { name, read } of cases) {
    const result = generateText(read('build-once.yml') ?? '', read('base.yml'));
    t.notOk(result.ok, `${name} is refused`);
    if (!result.ok) t.equal(result.error, goldenText(`spec/${name}/expected.txt`, result.error), name);
  }
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
      // An example of a mapping shows some of its keys, not all that it needs.
      const valid = ajv.compile({
        ...rest,
        ...(JSON.stringify(rest).includes('"required"') ? { additionalProperties: true, properties: {} } : {}),
      });
      for (const example of examples) t.ok(valid(example), `${path}/${name}: ${JSON.stringify(example)}`);
      visit(member, `${path}/${name}`);
    }
    visit(additionalProperties, `${path}/*`);
  };
  visit(schema, '');
});
