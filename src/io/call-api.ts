import { fail, ok, type Result } from '../result.js';
import { HttpError, type HttpRequest, type Io } from './io.js';
import { withRetries } from './retry.js';

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
  let host = '';
  const retries = {
    server: () => host,
    attempts: 4,
    longestWait: 30_000,
    isTransient: (answer: ApiAnswer) => answer.status === 429 || answer.status >= 500 || isTransient(answer),
  };
  try {
    const answer = await withRetries(io, retries, async () => {
      const request = await make();
      host = new URL(request.url).host;
      const response = await io.http({ ...request, signal: io.signal, idleTimeout: 30_000 });
      return { status: response.status, headers: response.headers, text: await response.text(1024 * 1024) };
    });
    return ok(answer);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return fail(error.message);
  }
}
