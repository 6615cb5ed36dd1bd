import { dump } from 'js-yaml';
import { plain } from '../../yaml/stringify.js';
import type { Orb } from './orb.js';

/**
 * The orb in one file, as `circleci orb pack` makes it of the tree: keys sorted, indented by four, and `<<` in an
 * included script escaped, so that CircleCI does not take a here-document for a parameter.
 */
export function packOrb(orb: Orb): string {
  return dump(sortKeys(plain(escapeScripts(orb))), { lineWidth: -1, noRefs: true, indent: 4 });
}

function escapeScripts(orb: Orb): Orb {
  const text = JSON.stringify(orb, (key, value: unknown) =>
    key === 'command' && typeof value === 'string' && value.includes('\n') ? value.replaceAll('<<', '\\<<') : value,
  );
  return JSON.parse(text) as Orb;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, sortKeys(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
