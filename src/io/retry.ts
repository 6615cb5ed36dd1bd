import { backoff, retryAfter, tellRetry } from './backoff.js';
import { HttpError, type Io } from './io.js';

/** What may be repeated, and for how long. */
export interface Retries<T> {
  /** Who is asked, for the line that tells of a repetition: a host. A function where the request decides. */
  readonly server: string | (() => string);
  /** Default: 5. */
  readonly attempts?: number;
  /** Milliseconds. A server may ask for an hour; no job should hang for that long without a word. Default: a minute. */
  readonly longestWait?: number;
  /** Whether another answer may be a better one a moment later. Default: by its status. */
  readonly isTransient?: (answer: T) => boolean;
  /** Looks, before a repetition, whether the last attempt did its work after all; its answer ends it. */
  readonly recover?: (() => Promise<T | undefined>) | undefined;
}

/** Whether the same request may get another answer a little later. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Whether the same request may get through a little later. A certificate does not get better by waiting. */
export function isTransientError(error: HttpError): boolean {
  return error.reason !== 'tls' && error.reason !== 'aborted' && error.reason !== 'too-large';
}

/** What came of all tries. */
export interface Tried {
  /** How many there were, as the end of a clause: `, in the last of 5 tries over 31.2 s`; empty where there was one. */
  readonly tries: string;
}

/**
 * Does `send` several times, with a growing wait between (Retry-After goes before it), as long as it meets cut connections
 * or transient answers. Only for what is safe to repeat. Each repetition is told on standard error, with its reason.
 * @returns the last answer
 * @throws HttpError of the last attempt, whose message then tells of the tries
 */
export async function withRetries<T extends { status: number; headers: Readonly<Record<string, string>> }>(
  io: Io,
  retries: Retries<T>,
  send: () => Promise<T>,
): Promise<T & Tried> {
  const { server, attempts = 5, longestWait = 60_000, recover } = retries;
  const { isTransient = ({ status }: T) => isTransientStatus(status) } = retries;
  const begun = io.clock.now();
  for (let attempt = 1; ; attempt += 1) {
    const tell = () =>
      attempt === 1 ? '' : `, in the last of ${attempt} tries over ${((io.clock.now() - begun) / 1000).toFixed(1)} s`;
    const last = attempt >= attempts || io.signal.aborted;
    let wait = backoff(attempt);
    let why = '';
    try {
      const answer = await send();
      if (!isTransient(answer) || last) return { ...answer, tries: tell() };
      wait = Math.min(retryAfter(answer.headers['retry-after'], io.clock.now()) ?? wait, longestWait);
      why = `${typeof server === 'string' ? server : server()} answered ${answer.status}`;
    } catch (error) {
      if (!(error instanceof HttpError) || !isTransientError(error)) throw error;
      if (last) {
        const arrived = await recover?.();
        if (arrived !== undefined) return { ...arrived, tries: tell() };
        error.message += tell();
        throw error;
      }
      why = error.message;
    }
    tellRetry(io, why, { next: attempt + 1, of: attempts, wait });
    await io.clock.sleep(wait, io.signal);
    const arrived = await recover?.();
    if (arrived !== undefined) return { ...arrived, tries: tell() };
  }
}
