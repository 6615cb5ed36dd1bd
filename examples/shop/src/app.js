import { randomUUID } from 'node:crypto';
import { isUnavailable } from './database.js';
import { Problem } from './problem.js';
import { findRoute } from './router.js';

/**
 * The listener for `http.createServer`: finds the route, answers in JSON, writes one log line per request.
 *
 * @param routes list of `{ method, path, quiet?, handle }`; `handle({ request, parameters })` gives
 *   `{ status?, headers?, body }` or throws a `Problem`. A quiet route is logged only when it fails.
 * @param state `{ stopping }`: while stopping, connections are closed after their answer
 */
export function createApp({ routes, log, state, now = () => performance.now() }) {
  return async (request, response) => {
    const started = now();
    const requestId = randomUUID();
    const path = request.url.split('?', 1)[0];
    let quiet = false;
    let answer;
    try {
      const { route, parameters } = findRoute(routes, request.method, path);
      quiet = route.quiet === true;
      answer = { status: 200, headers: {}, ...(await route.handle({ request, parameters })) };
    } catch (error) {
      const problem = toProblem(error, requestId);
      if (problem.status >= 500 && problem !== error) log.error('request failed', { requestId, path, error });
      answer = { status: problem.status, headers: problem.headers, body: { error: toBody(problem) } };
    }
    send(response, answer, { requestId, stopping: state.stopping });
    if (quiet && answer.status < 400) return;
    const milliseconds = Math.round(now() - started);
    log.info('request', { requestId, method: request.method, path, status: answer.status, milliseconds });
  };
}

function toProblem(error, requestId) {
  if (error instanceof Problem) return error;
  if (isUnavailable(error)) {
    return new Problem(503, 'database_unavailable', 'The database cannot be reached. Try again soon.', {
      headers: { 'retry-after': '5' },
    });
  }
  return new Problem(500, 'internal_error', `This is our fault. The log has more under request ${requestId}.`);
}

function toBody({ code, message, details }) {
  return details ? { code, message, details } : { code, message };
}

function send(response, { status, headers, body }, { requestId, stopping }) {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(stopping ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(text);
}
