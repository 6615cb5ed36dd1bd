import { backoff, retryAfter, tellRetry } from './backoff.js';
import { HttpError, type Io } from './io.js';

const ATTEMPTS = 5;
/** A server may ask for an hour; no job should hang for that long without a word. */
const LONGEST_WAIT = 60_000;

/** Whether the same request may get another answer a little later. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Whether the same request may get through a little later. A certificate does not get better by waiting. */
export function isTransientError(error: HttpError): boolean {
  return error.reason !== 'tls' && error.reason !== 'aborted' && error.reason !== 'too-large';
}

/**
 * Does `send` up to five times, with a growing wait between (Retry-After goes before it), as long as it meets cut
 * connections or transient statuses. Only for what is safe to repeat.
 * @param server what is asked, for the line that tells of a repetition: `the registry`
 * @param recover looks, before a repetition, whether the last attempt did its work after all; its answer ends it
 * @returns the last answer
 * @throws HttpError of the last attempt
 */
export async function withRetries<T extends { status: number; headers: Readonly<Record<string, string>> }>(
  io: Io,
  server: string,
  send: () => Promise<T>,
  recover?: () => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= ATTEMPTS || io.signal.aborted;
    let wait = backoff(attempt);
    let why = '';
    try {
      const answer = await send();
      if (!isTransientStatus(answer.status) || last) return answer;
      wait = Math.min(retryAfter(answer.headers['retry-after'], io.clock.now()) ?? wait, LONGEST_WAIT);
      why = `${server} answered ${answer.status}`;
    } catch (error) {
      if (!(error instanceof HttpError) || !isTransientError(error)) throw error;
      if (last) {
        const arrived = await recover?.();
        if (arrived !== undefined) return arrived;
        throw error;
      }
      why = error.message;
    }
    tellRetry(io, why, { next: attempt + 1, of: ATTEMPTS, wait });
    await io.clock.sleep(wait, io.signal);
    const arrived = await recover?.();
    if (arrived !== undefined) return arrived;
  }
}
