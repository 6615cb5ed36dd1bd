import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { VERSION } from '../version.js';
import type { VerbOption } from './verb.js';

/** The option that says how problems are printed. */
export const format: VerbOption = {
  type: 'string',
  value: 'FORMAT',
  choices: ['human', 'json', 'junit', 'sarif'],
  description: 'How problems are printed. Default: human; the others are data on standard output.',
};

/**
 * Diagnostics in the formats that programs read.
 * @param name `json`, `junit` or `sarif`
 * @param files what was looked at; JUnit has a case for each
 */
export async function formatFor(
  name: string,
  diagnostics: readonly Diagnostic[],
  files: readonly string[],
): Promise<string> {
  if (name === 'junit') return (await import('../diagnostic/format-junit.js')).formatJunit(diagnostics, files);
  if (name === 'sarif') return (await import('../diagnostic/format-sarif.js')).formatSarif(diagnostics, VERSION);
  return (await import('../diagnostic/format-json.js')).formatJson(diagnostics);
}
