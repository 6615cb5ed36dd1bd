import type { Plain } from '../../circleci/plain.js';

/** The parameters of an orb's element as a table: first those that must be given. */
export function parameterTable(element: Plain): string {
  const parameters = Object.entries((element['parameters'] ?? {}) as Readonly<Record<string, Plain>>);
  const required = parameters.filter(([, { default: value }]) => value === undefined);
  const others = parameters.filter(([, { default: value }]) => value !== undefined);
  return `| parameter | type | default | what it says |\n|---|---|---|---|\n${[...required, ...others].map(row).join('\n')}`;
}

function row([name, { type, description, default: value, enum: choices }]: readonly [string, Plain]): string {
  const kind = Array.isArray(choices) ? choices.map((choice) => `\`${choice}\``).join(', ') : String(type);
  return `| \`${name}\` | ${kind} | ${fallback(name, value)} | ${escaped(String(description))} |`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function fallback(name: string, value: unknown): string {
  if (value === undefined) return '**required**';
  if (value === '') return 'empty';
  if (Array.isArray(value) && value.length === 0) return 'none';
  // It changes with every change of the program.
  return name === 'integrity' ? 'as pinned by the orb' : `\`${String(value)}\``;
}
