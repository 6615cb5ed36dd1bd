import { backoff, retryAfter, tellRetry } from '../io/backoff.js';
import { HttpError, type HttpRequest, type Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';

const ATTEMPTS = 4;

/** An answer of an AWS API, read to its end. */
export interface AwsAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request that is safe to repeat, up to four times on 429, 5xx and cut connections. `make` is called for each
 * attempt, because a signature holds the time. Each repetition is told on standard error, with its reason.
 * @returns any other answer, or in words why there was none
 */
export async function callAws(io: Io, make: () => Promise<HttpRequest>): Promise<Result<AwsAnswer, string>> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= ATTEMPTS || io.signal.aborted;
    let wait = backoff(attempt);
    let why = '';
    try {
      const request = await make();
      const response = await io.http({ ...request, signal: io.signal, idleTimeout: 30_000 });
      const text = await response.text(1024 * 1024);
      const again = response.status === 429 || response.status >= 500 || isTransient(response.status, text);
      if (!again || last) return ok({ status: response.status, text });
      wait = Math.min(retryAfter(response.headers['retry-after'], io.clock.now()) ?? wait, 30_000);
      why = `${new URL(request.url).host} answered ${response.status}`;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (last || error.reason === 'tls' || error.reason === 'too-large') return fail(error.message);
      why = error.message;
    }
    tellRetry(io, why, { next: attempt + 1, of: ATTEMPTS, wait });
    await io.clock.sleep(wait, io.signal);
  }
}

/** Faults that AWS reports with status 400, though the same request can go well a moment later. */
function isTransient(status: number, text: string): boolean {
  return (
    status === 400 && /\b(?:Throttling|ThrottlingException|RequestLimitExceeded|IDPCommunicationError)\b/.test(text)
  );
}
