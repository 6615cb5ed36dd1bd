/** A string, or the strings of a list. */
export function strings(value: unknown): readonly string[] {
  return [value].flat().filter((item): item is string => typeof item === 'string');
}
