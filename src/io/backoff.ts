import type { Io } from './io.js';
import { plainText } from './plain-text.js';

/**
 * How long to wait before the next attempt: doubles from `base` up to `limit`, of which a random half is taken away, so
 * that many clients that failed together do not come back together.
 * @param attempt 1 after the first failure
 * @param base milliseconds
 * @param limit milliseconds
 */
export function backoff(attempt: number, base = 500, limit = 8000): number {
  return Math.min(limit, base * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/**
 * Says on standard error that something is tried again: silent attempts at a server that hangs would be minutes in which a
 * person knows nothing.
 * @param why what went wrong, as the beginning of a sentence; text of a stranger is made plain
 * @param next the attempt that comes, of `of`
 * @param wait milliseconds until then; undefined where another decides about it
 */
export function tellRetry(
  io: Io,
  why: string,
  { next, of, wait }: { readonly next: number; readonly of: number; readonly wait?: number },
): void {
  const when = wait === undefined ? '' : ` in ${(wait / 1000).toFixed(1)} s`;
  io.stderr.write(`${plainText(why)}: trying again${when} (attempt ${next} of ${of})\n`);
}

/**
 * Reads a Retry-After header: seconds, or a date.
 * @returns milliseconds from `now`, at least 0; undefined when there is no such header or it makes no sense
 * @see RFC 9110, section 10.2.3
 */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  // A date begins with the name of a day; JavaScript would read almost any number as one.
  const date = /^\s*[A-Za-z]{3}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
