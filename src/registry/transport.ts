import { HttpError, type HttpRequest, type HttpResponse, type Io } from '../io/io.js';
import { isTransientStatus, withRetries } from '../io/retry.js';
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
  /** As `Tried` has it. Default: empty. */
  readonly tries?: string;
}

/** One request to a registry, without its login. */
export interface Call extends HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  /** The tag or digest that the call is about. */
  readonly reference: string;
}

export interface WholeCall extends Call {
  /** Largest body to read, in bytes. */
  readonly limit: number;
  /** Whether an answer is worth another attempt, besides those whose status says so. */
  readonly isTransient?: (answer: Answer) => boolean;
  /** Asked before a repetition: an answer stands for a request that did arrive. */
  readonly recover?: () => Promise<Answer | undefined>;
}

/** Sends calls for one repository: login, redirects. */
export interface Transport {
  /** Repeats what is worth another attempt, and reads the answer to its end. Any other status is a success. */
  send(call: WholeCall): Promise<Result<Answer, RegistryError>>;
  /**
   * A single attempt, whose answer of any status is not read yet. A body that is a stream is sent once: a challenge is
   * then left to whoever repeats the call.
   * @throws HttpError
   */
  open(call: Call): Promise<Result<HttpResponse, RegistryError>>;
}

const REDIRECTS = 5;
/** A page of errors, or of HTML. */
const ERROR_LIMIT = 1024 * 1024;

export function createTransport(options: {
  readonly repository: Repository;
  readonly credentials: RegistryCredentials;
  readonly io: Io;
}): Transport {
  const { repository, credentials, io } = options;
  const authorizer = createAuthorizer(repository, credentials, io);

  /** One request with its login: a 401 is answered once, by what its challenge asks for. */
  const open: Transport['open'] = async (call) => {
    for (let challenged = false; ; challenged = true) {
      const sent = authorizer.header;
      const headers = { ...call.headers, ...(sent === undefined ? {} : { authorization: sent }) };
      const followed = await follow(io, { ...call, headers });
      if (!followed.ok) {
        return fail({ kind: 'invalid', repository, reference: call.reference, message: followed.error });
      }
      const response = followed.value;
      const challenge = response.headers['www-authenticate'];
      if (response.status !== 401 || challenged || challenge === undefined) return ok(response);
      const action = call.method === 'PUT' || call.method === 'POST' ? 'push' : 'pull';
      const answered = await authorizer.answer(challenge, action);
      if (!answered.ok) {
        response.discard();
        return answered;
      }
      // A password that was just refused is not accepted the second time: repeating it may lock the account.
      if (authorizer.header === sent || isStream(call.body)) return ok(response);
      await response.bytes(ERROR_LIMIT);
    }
  };

  const sendOnce = async (call: WholeCall): Promise<Result<Answer, RegistryError>> => {
    const response = await open(call);
    return response.ok ? ok(await readAnswer(response.value, call.limit)) : response;
  };

  const send: Transport['send'] = async (call) => {
    const { recover, isTransient = () => false } = call;
    try {
      const lookFirst =
        recover &&
        (async () => {
          const answer = await recover();
          return answer && attempt(ok(answer));
        });
      const retries = {
        server: repository.host,
        recover: lookFirst,
        isTransient: ({ status, result }: Attempt) =>
          isTransientStatus(status) || (result.ok && isTransient(result.value)),
      };
      const { result, tries } = await withRetries(io, retries, async () => attempt(await sendOnce(call)));
      return result.ok ? ok({ ...result.value, tries }) : result;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const { message, reason } = error;
      if (reason === 'too-large') return fail({ kind: 'invalid', repository, reference: call.reference, message });
      return fail({ kind: 'unreachable', repository, message });
    }
  };
  return { send, open };
}

/** Reads an answer to its end. */
export async function readAnswer(response: HttpResponse, limit = ERROR_LIMIT): Promise<Answer> {
  return { status: response.status, headers: response.headers, bytes: await response.bytes(limit) };
}

function isStream(body: HttpRequest['body']): boolean {
  return typeof body === 'object' && 'pieces' in body;
}

/** What the retries look at. A failed login is final: status 0 is not repeated. */
interface Attempt {
  readonly result: Result<Answer, RegistryError>;
  readonly status: number;
  readonly headers: Answer['headers'];
}

function attempt(result: Result<Answer, RegistryError>): Attempt {
  return { result, status: result.ok ? result.value.status : 0, headers: result.ok ? result.value.headers : {} };
}

/** Sends a request, following the redirects of reads. The login stays with the host it is for. */
async function follow(io: Io, call: HttpRequest): Promise<Result<HttpResponse, string>> {
  let current = call;
  for (let hop = 0; ; hop += 1) {
    const response = await io.http({ ...current, idleTimeout: 30_000, signal: io.signal });
    const location = response.headers['location'];
    const moved = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
    if (!moved || call.method === 'PUT' || call.method === 'POST' || hop === REDIRECTS) return ok(response);
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
