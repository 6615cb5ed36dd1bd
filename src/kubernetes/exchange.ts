import { retryAfter } from '../io/backoff.js';
import { HttpError, type HttpResponse, type Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access } from './access.js';
import { type Asked, type KubernetesError, readError } from './kubernetes-error.js';

/** One request, and how its answer is read. */
export interface Exchange<T> {
  readonly asked: Asked;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the answer must begin. Default 20,000. */
  readonly timeout?: number;
  readonly idleTimeout?: number;
  /** Default: true. */
  readonly retry?: boolean;
  readonly signal?: AbortSignal;
  readonly read: (response: HttpResponse) => Promise<T>;
}

/** Milliseconds before the second try, the third and so on. */
const PAUSES = [300, 700, 1500, 3000, 5000] as const;
const TIMEOUT = 20_000;
/** The same when the job was asked to end: soon after that it is killed. */
const LAST_TIMEOUT = 3_000;
/** Milliseconds that a server may ask to be left alone. */
const LONGEST_WAIT = 30_000;
/** Minutes by which a clock is wrong enough to matter to a signature. */
const SKEW = 5;
const RETRIED = new Set([429, 500, 502, 503, 504]);
/** By the way to a cluster: what it has allowed before. */
const allowed = new WeakMap<Access, Set<string>>();

/**
 * Sends a request, with the credential of the moment. Tried again with growing pauses: connections that fail or are
 * cut, and the answers 429, 500, 502, 503 and 504. Writes are repeated too, since each of ours gives the same end when
 * done twice: a second create is a conflict, which the caller looks at. On 401 a new credential is asked for, once. What was
 * allowed before is asked again on 401 and 403 as well, since an API server that was just started does not know its Roles
 * yet, and where there is no credential for a moment.
 */
export async function exchange<T>(access: Access, io: Io, request: Exchange<T>): Promise<Result<T, KubernetesError>> {
  const signal = request.signal ?? io.signal;
  let renew = false;
  let renewed = false;
  const before = allowed.get(access) ?? new Set<string>();
  allowed.set(access, before);
  const action = `${request.asked.verb} ${request.asked.kind}`;
  for (let tries = 0; ; tries++) {
    const credential = await access.credential(renew);
    renew = false;
    const pause = io.signal.aborted || signal.aborted || request.retry === false ? undefined : PAUSES[tries];
    if (!credential.ok) {
      if (!before.has(action) || pause === undefined) return credential;
      await io.clock.sleep(pause, signal);
      continue;
    }
    const { token, cert, key } = credential.value;
    try {
      const response = await io.http({
        method: request.method,
        url: `${access.server}${request.path}`,
        headers: { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(request.body === undefined ? {} : { body: request.body }),
        tls: { ...access.tls, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
        timeout: request.timeout ?? (io.signal.aborted ? LAST_TIMEOUT : TIMEOUT),
        ...(request.idleTimeout === undefined ? {} : { idleTimeout: request.idleTimeout }),
        signal,
      });
      if (response.status < 300) {
        before.add(action);
        return ok(await request.read(response));
      }
      const error = readError(response.status, await response.text(), request.asked);
      if (response.status === 401 && !renewed) {
        renewed = true;
        renew = true;
        continue;
      }
      const isRefused = response.status === 401 || error.kind === 'forbidden';
      const isFault = RETRIED.has(response.status) && error.kind !== 'invalid';
      const isPassing = isFault || (isRefused && before.has(action));
      if (!isPassing || pause === undefined) return fail(nameClock(error, response, io.clock.now()));
      const asked = retryAfter(response.headers['retry-after'], io.clock.now()) ?? 0;
      await io.clock.sleep(Math.max(pause, Math.min(asked, LONGEST_WAIT)), signal);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const final = error.reason === 'tls' || error.reason === 'aborted' || error.reason === 'too-large';
      if (final || pause === undefined) {
        return fail({ kind: 'unreachable', message: `the Kubernetes API server cannot be used: ${error.message}` });
      }
      await io.clock.sleep(pause, signal);
    }
  }
}

/** Adds to a refused login what may be behind it: a token that is signed by the clock of this job. */
function nameClock(error: KubernetesError, response: HttpResponse, now: number): KubernetesError {
  const minutes = Math.round((now - Date.parse(response.headers['date'] ?? '')) / 60_000);
  if (error.kind !== 'unauthorized' || !(Math.abs(minutes) >= SKEW)) return error;
  const off = `${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} that of the cluster`;
  return {
    ...error,
    message: `${error.message}; the clock of this job is ${off}, so that a token which it signs is no good`,
  };
}
