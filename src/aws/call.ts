import { type ApiAnswer, callApi } from '../io/call-api.js';
import type { HttpRequest, Io } from '../io/io.js';
import type { Result } from '../result.js';

/**
 * Sends a request that is safe to repeat to an AWS API, as `callApi` does.
 * @returns the answer, or in words why there was none
 */
export function callAws(io: Io, make: () => Promise<HttpRequest>): Promise<Result<ApiAnswer, string>> {
  return callApi(io, make, isThrottled);
}

/** Faults that AWS reports with status 400, though the same request can go well a moment later. */
function isThrottled({ status, text }: ApiAnswer): boolean {
  return (
    status === 400 && /\b(?:Throttling|ThrottlingException|RequestLimitExceeded|IDPCommunicationError)\b/.test(text)
  );
}
