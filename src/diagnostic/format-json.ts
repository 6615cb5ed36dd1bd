import type { Diagnostic } from './diagnostic.js';

/** Diagnostics as a JSON list, one object each, in the shape of `Diagnostic`. Ends with a newline. */
export function formatJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics, null, 2)}\n`;
}
