import { schema } from '../../spec/schema.js';

/** A key of the spec, as the schema describes it. */
interface Key {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Key>>;
  readonly additionalProperties?: Key | boolean;
  readonly items?: Key;
}

/** docs/spec.md: every key of the spec, from its schema. */
export function specReference(): string {
  const rows = rowsOf(schema as unknown as Key, '');
  return `# The spec: .circleci/build-once.yml

This page is made from the JSON Schema, [generated/schema.json](../generated/schema.json). Editors with a YAML language
server complete and check the file when it starts with
\`# yaml-language-server: $schema=https://unpkg.com/gen-config/generated/schema.json\`. The file of a service
([monorepo.md](monorepo.md)) has \`service.schema.json\` there.

| key | what it says | default | example |
|---|---|---|---|
${rows.join('\n')}
`;
}

function rowsOf(key: Key, path: string): readonly string[] {
  const own = Object.entries(key.properties ?? {}).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const fallback = key.required?.includes(name) === true ? 'required' : code(member.default);
    const row = `| \`${at}\` | ${member.description}${choices(member)} | ${fallback} | ${code(member.examples?.[0])} |`;
    // What a service has is said where the top level has it.
    if (path === 'services.NAME') return [row];
    return [row, ...rowsOf(member, at), ...(member.items === undefined ? [] : rowsOf(member.items, `${at}[]`))];
  });
  const each = typeof key.additionalProperties === 'object' ? rowsOf(key.additionalProperties, `${path}.NAME`) : [];
  return [...own, ...each];
}

function choices(key: Key): string {
  return key.enum === undefined ? '' : ` One of ${key.enum.map(code).join(', ')}.`;
}

function code(value: unknown): string {
  if (value === undefined) return '';
  return `\`${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('|', '\\|')}\``;
}
