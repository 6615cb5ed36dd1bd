import { tellRetry } from '../io/backoff.js';
import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import { resolveCredentials } from './credentials.js';
import { configuredEndpoint } from './endpoint.js';
import type { AwsFailure } from './failure.js';

/** A login to a private ECR registry. Good for 12 hours. */
export interface EcrLogin {
  readonly username: string;
  readonly password: string;
}

/** Gets a login for the ECR registries of a region from the ECR API. */
export async function ecrLogin(
  options: { readonly host: string; readonly region: string; readonly role: string },
  io: Io,
): Promise<Result<EcrLogin, AwsFailure>> {
  const credentials = await resolveCredentials(options, io);
  if (!credentials.ok) return credentials;
  const { getAuthorizationToken } = await import('./ecr.js');
  let token: string | undefined;
  try {
    token = await getAuthorizationToken({
      region: options.region,
      credentials: credentials.value,
      endpoint: configuredEndpoint('ecr', io.env),
      signal: io.signal,
      onRetry: (why, next, of) => tellRetry(io, `ECR gave no login: ${why}`, { next, of }),
    });
  } catch (error) {
    return fail(explain(error, options));
  }
  const text = Buffer.from(token ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return fail({ cause: `ECR gave no login for ${options.host}: its answer holds no token` });
  return ok({ username: text.slice(0, colon), password: text.slice(colon + 1) });
}

function explain(error: unknown, options: { readonly host: string; readonly role: string }): AwsFailure {
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  const who = options.role === '' ? 'The AWS credentials of this job need' : `The role ${options.role} needs`;
  const cause = `ECR gave no login for ${options.host}: ${message || name}`;
  if (name === 'AccessDeniedException') return { cause, next: `${who} ecr:GetAuthorizationToken on "*".` };
  if (/UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId/.test(name)) {
    return { cause, next: 'The AWS credentials of this job are wrong or have ended.' };
  }
  return { cause };
}
