import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';
import { parseDuration } from './duration.js';

/** How long a command waits, in milliseconds. */
export interface Limits {
  /** For all of it. */
  readonly timeout: number;
  /** That what can heal may last. */
  readonly grace: number;
}

/** Reads `--timeout` and `--grace`. */
export function readLimits(options: { readonly timeout: string; readonly grace: string }): Result<Limits, Failure> {
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) return fail({ code: 2, cause: `--timeout ${timeout.error}` });
  const grace = parseDuration(options.grace);
  if (!grace.ok) return fail({ code: 2, cause: `--grace ${grace.error}` });
  return ok({ timeout: timeout.value, grace: grace.value });
}
