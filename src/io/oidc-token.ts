import { fail, ok, type Result } from '../result.js';
import type { Io } from './io.js';

/** The OIDC token of the job: secret `text`, and what it says about itself. The claims are not verified here. */
export interface OidcToken {
  readonly text: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
}

/** Why there is no token to use: the cause, and what to do about it. */
export interface OidcFailure {
  readonly cause: string;
  readonly next: string;
}

/**
 * Reads the OIDC token that CircleCI gives to a job: version 2, whose subject names the branch, before version 1.
 * @see https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
 */
export function readOidcToken(io: Io): Result<OidcToken, OidcFailure> {
  const text = tokenText(io);
  if (text === '') return fail(explainMissing(io.env));
  const claims = readClaims(text);
  const expires = typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : undefined;
  if (expires !== undefined && expires <= io.clock.now()) {
    return fail({
      cause: `the OIDC token of this job ended at ${new Date(expires).toISOString()}`,
      next: 'It is good for one hour from the start of the job. Run the job again, or split it so that the token is needed in its first hour.',
    });
  }
  const { iss, aud, sub } = claims;
  const audience = Array.isArray(aud) ? aud[0] : aud;
  return ok({
    text,
    ...(typeof iss === 'string' ? { issuer: iss } : {}),
    ...(typeof audience === 'string' ? { audience } : {}),
    ...(typeof sub === 'string' ? { subject: sub } : {}),
  });
}

/**
 * Id of the CircleCI user that caused the job to run, as its OIDC token names it in the subject
 * (`org/.../project/.../user/ID...`); undefined where there is no token that says so. A token that has ended says so too.
 */
export function readOidcUser(io: Io): string | undefined {
  const { sub } = readClaims(tokenText(io));
  return typeof sub === 'string' ? /\/user\/([0-9a-f-]{36})(?:\/|$)/.exec(sub)?.[1] : undefined;
}

function tokenText(io: Io): string {
  return (io.env['CIRCLE_OIDC_TOKEN_V2'] || io.env['CIRCLE_OIDC_TOKEN'] || '').trim();
}

function explainMissing(env: Readonly<Record<string, string | undefined>>): OidcFailure {
  const cause = 'there is no OIDC token in this job: neither CIRCLE_OIDC_TOKEN_V2 nor CIRCLE_OIDC_TOKEN is set';
  if (env['CIRCLECI'] !== 'true') {
    return {
      cause,
      next: 'CircleCI gives one to its jobs, and this is not one. Where no role and no workload identity is named, the credentials of the environment are used.',
    };
  }
  if (env['CIRCLE_PR_NUMBER']) {
    return {
      cause,
      next: 'This is a pull request from a fork: CircleCI gives it no token, so that a stranger cannot get at what it opens. Limit this job to branches of the repository itself.',
    };
  }
  return {
    cause,
    next: 'Check that the job runs in the organization that has OIDC, and that no step unsets the variable.',
  };
}

function readClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
