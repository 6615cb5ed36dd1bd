import { fail, ok, type Result } from '../result.js';
import { backoff, retryAfter, tellRetry } from './backoff.js';
import { HttpError, type HttpRequest, type Io } from './io.js';

const ATTEMPTS = 4;

/** An answer of a web API, read to its end. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request that is safe to repeat, up to four times on 429, 5xx and cut connections. `make` is called for each
 * attempt, because a signature holds the time. Each repetition is told on standard error, with its reason.
 * @param isTransient whether another answer, too, may be a better one a moment later
 * @returns any other answer, or in words why there was none
 */
export async function callApi(
  io: Io,
  make: () => Promise<HttpRequest>,
  isTransient: (answer: ApiAnswer) => boolean = () => false,
): Promise<Result<ApiAnswer, string>> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= ATTEMPTS || io.signal.aborted;
    let wait = backoff(attempt);
    let why = '';
    try {
      const request = await make();
      const response = await io.http({ ...request, signal: io.signal, idleTimeout: 30_000 });
      const answer = { status: response.status, text: await response.text(1024 * 1024) };
      const again = answer.status === 429 || answer.status >= 500 || isTransient(answer);
      if (!again || last) return ok(answer);
      wait = Math.min(retryAfter(response.headers['retry-after'], io.clock.now()) ?? wait, 30_000);
      why = `${new URL(request.url).host} answered ${answer.status}`;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (last || error.reason === 'tls' || error.reason === 'too-large') return fail(error.message);
      why = error.message;
    }
    tellRetry(io, why, { next: attempt + 1, of: ATTEMPTS, wait });
    await io.clock.sleep(wait, io.signal);
  }
}
