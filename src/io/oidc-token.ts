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

/** Milliseconds before its end from which a token is no longer used: it has to arrive, too. */
const MARGIN = 60_000;

/**
 * The OIDC token of a job: version 2, whose subject names the branch, before version 1. One that has ended is replaced by
 * a new one with the same audience, by the program `circleci` that CircleCI puts into its jobs.
 * @param renew whoever got the last one says that it has ended
 * @see https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
 * @see https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/
 */
export async function readOidcToken(io: Io, renew = false): Promise<Result<OidcToken, OidcFailure>> {
  const given = tokenText(io);
  if (given === '') return fail(explainMissing(io.env));
  const claims = readClaims(given);
  const expires = typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : Number.POSITIVE_INFINITY;
  if (!renew && io.clock.now() < expires - MARGIN) return ok(describe(given));
  const minted = await mintToken(audienceOf(claims), io);
  if (minted.ok) return ok(describe(minted.value));
  if (!renew && io.clock.now() < expires) return ok(describe(given));
  const [end, now] = [expires, io.clock.now()].map((time) => new Date(time).toISOString());
  return fail({
    cause: `the OIDC token of this job ended at ${end}, and there is no new one: ${minted.error}`,
    next: `Run the job again: what is done already is recognised. CircleCI puts the program circleci, which makes new tokens, on the PATH of a job; the clock of this one says ${now}.`,
  });
}

/**
 * Asks CircleCI for a new token. It is printed on standard output and nowhere else; what is wrong, on standard error.
 * When it ends is not looked at: a clock that is wrong would find it ended, and ask for another for ever.
 */
async function mintToken(audience: string | undefined, io: Io): Promise<Result<string, string>> {
  const claims = audience === undefined ? [] : ['--claims', JSON.stringify({ aud: audience })];
  const end = await io.processes.run('circleci', ['run', 'oidc', 'get', ...claims], { signal: io.signal });
  const text = end.stdout.trim();
  if (end.exitCode === 0 && Object.keys(readClaims(text)).length > 0) return ok(text);
  if (end.error?.includes('ENOENT') === true) return fail('there is no program circleci on the PATH');
  const said = end.stderr.trim().split('\n').at(-1) ?? '';
  const why = end.exitCode === 0 ? 'it printed no token' : (end.error ?? `exit code ${end.exitCode}`);
  return fail(`circleci run oidc get failed (${why})${said === '' ? '' : `: ${said}`}`);
}

function describe(text: string): OidcToken {
  const claims = readClaims(text);
  const { iss, sub } = claims;
  const audience = audienceOf(claims);
  return {
    text,
    ...(typeof iss === 'string' ? { issuer: iss } : {}),
    ...(audience === undefined ? {} : { audience }),
    ...(typeof sub === 'string' ? { subject: sub } : {}),
  };
}

function audienceOf({ aud }: Readonly<Record<string, unknown>>): string | undefined {
  const audience: unknown = Array.isArray(aud) ? aud[0] : aud;
  return typeof audience === 'string' ? audience : undefined;
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
