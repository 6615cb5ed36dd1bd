import { HttpError, type Io } from '../io/io.js';
import { isTransientStatus, withRetries } from '../io/retry.js';
import { parseJson, stringAt } from '../json.js';
import type { Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { isPrivate } from './address.js';
import { parseChallenges } from './challenge.js';
import { basicAuthorization, type RegistryCredentials } from './credentials.js';
import { cleanText, type RegistryError } from './error.js';

/** Keeps the Authorization header for one repository, and makes a new one from the registry's challenge. */
export interface Authorizer {
  /** The header to send, once there was a challenge. */
  readonly header: string | undefined;
  /** Answers the WWW-Authenticate header of a 401. After this `header` is new, or still undefined. */
  answer(challenge: string, action: 'pull' | 'push'): Promise<Result<undefined, RegistryError>>;
}

/** @see https://distribution.github.io/distribution/spec/auth/token/ */
export function createAuthorizer(repository: Repository, credentials: RegistryCredentials, io: Io): Authorizer {
  let header: string | undefined;
  const unauthorized = (message: string) =>
    fail({ kind: 'unauthorized', repository, anonymous: credentials.kind === 'anonymous', message } as const);
  return {
    get header() {
      return header;
    },
    answer: async (text, action) => {
      const challenges = parseChallenges(text);
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (bearer !== undefined) {
        const token = await fetchToken(bearer.parameters, { repository, credentials, io, action });
        if (!token.ok) return token;
        header = `Bearer ${token.value}`;
        return ok(undefined);
      }
      if (!challenges.some(({ scheme }) => scheme === 'basic')) {
        return unauthorized(cleanText(`it asks for a login in a way that is not known here ("${text}")`));
      }
      if (credentials.kind !== 'password') return unauthorized('');
      header = basicAuthorization(credentials);
      return ok(undefined);
    },
  };
}

interface TokenContext {
  readonly repository: Repository;
  readonly credentials: RegistryCredentials;
  readonly io: Io;
  readonly action: 'pull' | 'push';
}

async function fetchToken(
  challenge: Readonly<Record<string, string>>,
  context: TokenContext,
): Promise<Result<string, RegistryError>> {
  const { repository, credentials, io, action } = context;
  const realm = URL.canParse(challenge['realm'] ?? '') ? new URL(challenge['realm'] ?? '') : undefined;
  // A registry that names a realm over plain HTTP would have the login sent in the clear.
  if (realm === undefined || !isPrivate(realm)) {
    const message = cleanText(`it sends logins to "${challenge['realm'] ?? ''}", which is not an HTTPS address`);
    return fail({ kind: 'invalid', repository, reference: 'login', message });
  }
  const scope = challenge['scope'] ?? `repository:${repository.path}:${action === 'pull' ? 'pull' : 'pull,push'}`;
  const query: { readonly scope: string; readonly service?: string } = {
    ...(challenge['service'] === undefined ? {} : { service: challenge['service'] }),
    scope,
  };
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credentials.kind === 'password') headers['authorization'] = basicAuthorization(credentials);
  // A challenge may ask for several scopes, as it does for a mount; in a query each is a parameter of its own.
  if (query.service !== undefined) realm.searchParams.set('service', query.service);
  for (const one of scope.split(' ')) realm.searchParams.append('scope', one);
  const request =
    credentials.kind === 'identity-token'
      ? {
          method: 'POST',
          url: challenge['realm'] ?? '',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            ...query,
            grant_type: 'refresh_token',
            refresh_token: credentials.token,
            client_id: 'build-once',
          }).toString(),
        }
      : { method: 'GET', url: realm.href, headers };
  try {
    const { status, text, tries } = await withRetries(io, { server: realm.host }, async () => {
      const response = await io.http({ ...request, idleTimeout: 30_000, signal: io.signal });
      return { status: response.status, headers: response.headers, text: await response.text(1024 * 1024) };
    });
    const body = parseJson(text);
    if (status === 200) {
      const token = stringAt(body, 'token') ?? stringAt(body, 'access_token');
      if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return ok(token);
      const message = `${realm.host} gave no token for a login`;
      return fail({ kind: 'invalid', repository, reference: 'login', message });
    }
    if (status === 403) {
      return fail({ kind: 'denied', repository, action, message: `${realm.host} gives no token for it` });
    }
    if (isTransientStatus(status)) {
      return fail({ kind: 'unavailable', repository, host: realm.host, status, tries, message: '' });
    }
    const message = `${realm.host} gave no token (status ${status})`;
    return fail({ kind: 'unauthorized', repository, anonymous: credentials.kind === 'anonymous', message });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return fail({ kind: 'unreachable', repository, message: error.message });
  }
}
