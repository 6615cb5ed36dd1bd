import { HttpError, type HttpRequest, type Io } from '../io/io.js';
import { withRetries } from '../io/retry.js';
import type { Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { isPrivate } from './address.js';
import { createAuthorizer } from './authorizer.js';
import type { RegistryCredentials } from './credentials.js';
import type { RegistryError } from './error.js';

/** An answer of a registry, read to its end. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface Call extends HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** The tag or digest that the call is about. */
  readonly reference: string;
  /** Largest body to read, in bytes. */
  readonly limit: number;
  /** Asked before a repetition: an answer stands for a request that did arrive. */
  readonly recover?: () => Promise<Answer | undefined>;
}

/** Sends calls for one repository: login, redirects, retries. Any status that is not worth another attempt is a success. */
export type Transport = (call: Call) => Promise<Result<Answer, RegistryError>>;

const REDIRECTS = 5;

export function createTransport(options: {
  readonly repository: Repository;
  readonly credentials: RegistryCredentials;
  readonly io: Io;
}): Transport {
  const { repository, credentials, io } = options;
  const authorizer = createAuthorizer(repository, credentials, io);

  /** One request with its login: a 401 is answered once, by what its challenge asks for. */
  const request = async (call: Call): Promise<Result<Answer, RegistryError>> => {
    for (let challenged = false; ; challenged = true) {
      const sent = authorizer.header;
      const headers = { ...call.headers, ...(sent === undefined ? {} : { authorization: sent }) };
      const followed = await follow(io, { ...call, headers }, call.limit);
      if (!followed.ok) {
        return fail({ kind: 'invalid', repository, reference: call.reference, message: followed.error });
      }
      const answer = followed.value;
      const challenge = answer.headers['www-authenticate'];
      if (answer.status !== 401 || challenged || challenge === undefined) return ok(answer);
      const answered = await authorizer.answer(challenge, call.method === 'PUT' ? 'push' : 'pull');
      if (!answered.ok) return answered;
      // A password that was just refused is not accepted the second time: repeating it may lock the account.
      if (authorizer.header === sent) return ok(answer);
    }
  };

  return async (call) => {
    const { recover } = call;
    try {
      const { result } = await withRetries(
        io,
        'the registry',
        async () => attempt(await request(call)),
        recover &&
          (async () => {
            const answer = await recover();
            return answer && attempt(ok(answer));
          }),
      );
      return result;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const { message, reason } = error;
      if (reason === 'too-large') return fail({ kind: 'invalid', repository, reference: call.reference, message });
      return fail({ kind: 'unreachable', repository, message });
    }
  };
}

/** What the retries look at. A failed login is final: status 0 is not repeated. */
function attempt(result: Result<Answer, RegistryError>) {
  return { result, status: result.ok ? result.value.status : 0, headers: result.ok ? result.value.headers : {} };
}

/** Sends a request and reads the answer, following the redirects of reads. The login stays with the host it is for. */
async function follow(io: Io, call: HttpRequest, limit: number): Promise<Result<Answer, string>> {
  let current = call;
  for (let hop = 0; ; hop += 1) {
    const response = await io.http({ ...current, idleTimeout: 30_000, signal: io.signal });
    const location = response.headers['location'];
    const moved = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
    if (!moved || call.method === 'PUT' || hop === REDIRECTS) {
      return ok({ status: response.status, headers: response.headers, bytes: await response.bytes(limit) });
    }
    response.discard();
    const from = new URL(current.url);
    const to = URL.canParse(location, current.url) ? new URL(location, current.url) : undefined;
    if (to === undefined || !isPrivate(to) || (from.protocol === 'https:' && to.protocol !== 'https:')) {
      throw new HttpError('aborted', `${from.host} leads to an address that is not safe to follow`);
    }
    const { authorization, ...rest } = current.headers ?? {};
    const keep = to.origin === from.origin && authorization !== undefined;
    current = { ...current, url: to.href, headers: keep ? { ...rest, authorization } : rest };
  }
}
