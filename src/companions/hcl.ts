import { fillIn } from './unknown.js';

/**
 * Terraform's language, as `terraform fmt` would write it.
 * @see https://developer.hashicorp.com/terraform/language/syntax/configuration
 */
export type Item = Block | Attribute;

export interface Block {
  readonly block: string;
  readonly labels?: readonly string[];
  readonly body: readonly Item[];
}

export interface Attribute {
  readonly name: string;
  readonly value: unknown;
  /** How the value is written: as it is, as an expression of the language, or as the text of its JSON. */
  readonly as?: 'expression' | 'json';
}

/** Attributes by name, in their order. */
export function attributes(values: Readonly<Record<string, unknown>>): readonly Attribute[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** An attribute whose value is an expression. */
export function expression(name: string, text: string): Attribute {
  return { name, value: text, as: 'expression' };
}

/** An attribute whose value is the text of a JSON document. */
export function json(name: string, value: unknown): Attribute {
  return { name, value, as: 'json' };
}

/** A name that Terraform takes for a resource. */
export function label(text: string): string {
  const letters = text.replaceAll(/[^\w-]/g, '_');
  return /^[A-Za-z_]/.test(letters) ? letters : `_${letters}`;
}

/** The text of a file, or of what is in a block; a blank line before and behind each block. */
export function renderHcl(items: readonly Item[], indent = ''): string {
  const lines: string[] = [];
  let group: (readonly [name: string, value: string])[] = [];
  const endGroup = () => {
    const width = Math.max(0, ...group.map(([name]) => name.length));
    lines.push(...group.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`));
    group = [];
  };
  for (const [index, item] of items.entries()) {
    if ('block' in item) {
      endGroup();
      if (index > 0) lines.push('');
      const labels = (item.labels ?? []).map((label) => ` ${quote(label)}`).join('');
      lines.push(`${indent}${item.block}${labels} {`, renderHcl(item.body, `${indent}  `), `${indent}}`);
      continue;
    }
    const before = items[index - 1];
    if (before !== undefined && 'block' in before) lines.push('');
    const value = renderAttribute(item, indent);
    // Only values of one line, one after the other, have their "=" in a column.
    if (value.includes('\n')) {
      endGroup();
      lines.push(`${indent}${item.name} = ${value}`);
    } else group.push([item.name, value]);
  }
  endGroup();
  return lines.join('\n');
}

function renderAttribute({ value, as }: Attribute, indent: string): string {
  if (as === 'expression') return String(value);
  return as === 'json' ? `jsonencode(${render(value, indent)})` : render(value, indent);
}

function render(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (typeof value === 'string') return /^\0\w+\0$/.test(value) ? fillIn(value, (name) => `var.${name}`) : quote(value);
  if (Array.isArray(value)) {
    const items = value.map((one) => render(one, inner));
    if (items.length < 2 && !items.join().includes('\n')) return `[${items.join()}]`;
    return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => ({ name: keyOf(key), value: member }));
  return members.length === 0 ? '{}' : `{\n${renderHcl(members, inner)}\n${indent}}`;
}

function keyOf(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : quote(key);
}

/** A text in quotes, in which nothing is an expression but the values that stand in it. */
function quote(text: string): string {
  const literal = (part: string) =>
    JSON.stringify(part)
      .slice(1, -1)
      .replaceAll(/[$%](?=\{)/g, '$&$&');
  const values: string[] = [];
  const marked = fillIn(text, (name) => {
    values.push(`\${var.${name}}`);
    return '\0';
  });
  const parts = marked.split('\0').map(literal);
  return `"${parts.map((part, index) => `${part}${values[index] ?? ''}`).join('')}"`;
}
