import { tellRetry } from '../io/backoff.js';
import type { Io } from '../io/io.js';
import { isRecord, stringAt } from '../json.js';
import { isPublicEcr } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { resolveCredentials } from './credentials.js';
import { callEcr, type EcrCaller } from './ecr-api.js';
import { configuredEndpoint } from './endpoint.js';
import type { AwsFailure } from './failure.js';

/** A login to an ECR registry. Good for 12 hours. */
export interface EcrLogin {
  readonly username: string;
  readonly password: string;
}

/** The only region whose API gives logins to the public registries. */
export const PUBLIC_REGION = 'us-east-1';

/** Gets a login for the ECR registries of a region, or for the public one, from the ECR API. */
export async function ecrLogin(
  options: { readonly host: string; readonly region: string; readonly role: string },
  io: Io,
): Promise<Result<EcrLogin, AwsFailure>> {
  const credentials = await resolveCredentials(options, io);
  if (!credentials.ok) return credentials;
  const caller = { region: options.region, credentials: credentials.value };
  const token = await (isPublicEcr(options.host) ? askPublic(caller, io) : askPrivate(caller, io));
  if (!token.ok) return fail(explain(token.error, options));
  const text = Buffer.from(token.value ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return fail({ cause: `ECR gave no login for ${options.host}: its answer holds no token` });
  return ok({ username: text.slice(0, colon), password: text.slice(colon + 1) });
}

/** Why there is no token: the name of the exception, empty where there was no answer, and its message. */
interface Refusal {
  readonly name: string;
  readonly message: string;
}

async function askPrivate(caller: EcrCaller, io: Io): Promise<Result<string | undefined, Refusal>> {
  const { getAuthorizationToken } = await import('./ecr.js');
  try {
    const token = await getAuthorizationToken({
      ...caller,
      endpoint: configuredEndpoint('ecr', io.env),
      signal: io.signal,
      onRetry: (why, next, of) => tellRetry(io, `ECR gave no login: ${why}`, { next, of }),
    });
    return ok(token);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return fail({ name, message: (error instanceof Error ? error.message : String(error)) || name });
  }
}

/** @see https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_GetAuthorizationToken.html */
async function askPublic(caller: EcrCaller, io: Io): Promise<Result<string | undefined, Refusal>> {
  const answer = await callEcr('GetAuthorizationToken', {}, caller, io, 'ecr-public');
  if (!answer.ok) return fail({ name: answer.error.code ?? '', message: answer.error.message });
  const data = isRecord(answer.value) ? answer.value['authorizationData'] : undefined;
  return ok(stringAt(data, 'authorizationToken'));
}

function explain({ name, message }: Refusal, options: { readonly host: string; readonly role: string }): AwsFailure {
  const who = options.role === '' ? 'The AWS credentials of this job need' : `The role ${options.role} needs`;
  const what = isPublicEcr(options.host)
    ? 'ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken'
    : 'ecr:GetAuthorizationToken';
  const cause = `ECR gave no login for ${options.host}: ${message}`;
  if (name === 'AccessDeniedException') return { cause, next: `${who} ${what} on "*".` };
  if (/UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId/.test(name)) {
    return { cause, next: 'The AWS credentials of this job are wrong or have ended.' };
  }
  return { cause };
}
