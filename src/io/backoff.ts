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
 * Reads a Retry-After header: seconds, or a date.
 * @returns milliseconds from `now`, at least 0; undefined when there is no such header or it makes no sense
 * @see RFC 9110, section 10.2.3
 */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
