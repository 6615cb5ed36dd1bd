/** A title with sentences below it. */
export function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  - ${line}`).join('\n')}`;
}

/** `a, b and c`. */
export function list(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;
}
