import type { Done, Failure } from '../../src/commands/command.js';
import type { Result } from '../../src/result.js';

/** Cause, details and next of a failure, with its code in front; the summary of a success. */
export function said(result: Result<Done, Failure>): string {
  if (result.ok) return `ok: ${result.value.summary}`;
  const { code, cause, details = [], next = '' } = result.error;
  return [`${code}: ${cause}`, ...details, `next: ${next}`].join('\n');
}
