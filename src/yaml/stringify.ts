import { dump } from 'js-yaml';

/**
 * YAML that reads the same under YAML 1.1 (CircleCI's compiler) and 1.2: what a 1.1 reader would take for something else
 * (`yes`, `012`, `12:30`, dates) is quoted. Block style throughout, no anchors, no folding of long lines.
 * @param value plain data: objects, arrays, strings, numbers, booleans, null; undefined members are left out
 */
export function stringifyYaml(value: unknown): string {
  return dump(plain(value), { lineWidth: -1, noRefs: true });
}

/** The value without undefined members and without classes, as JSON would have it. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  );
}
