import { fail, ok, type Result } from '../../result.js';
import type { VerbValues } from '../verb.js';

/** The values of an option that may be given several times. */
export function listOf(value: VerbValues[string]): readonly string[] {
  return typeof value === 'object' ? value : [];
}

/** `NAME=VALUE` options as a mapping. The last one of a name counts. */
export function readPairs(flag: string, values: VerbValues): Result<Readonly<Record<string, string>>, string> {
  const pairs: [string, string][] = [];
  for (const text of listOf(values[flag])) {
    const at = text.indexOf('=');
    if (at < 1) return fail(`--${flag} is "${text}", expected NAME=VALUE`);
    pairs.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return ok(Object.fromEntries(pairs));
}
