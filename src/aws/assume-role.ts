import type { Io } from '../io/io.js';
import { type OidcToken, readOidcToken } from '../io/oidc-token.js';
import { fail, ok, type Result } from '../result.js';
import { callAws } from './call.js';
import type { AwsCredentials } from './credentials.js';
import { endpointOf, isRegion } from './endpoint.js';
import type { AwsFailure } from './failure.js';

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;

/**
 * Assumes an IAM role with the OIDC token of the job. The call needs no signature and no key.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRole(
  options: { readonly role: string; readonly region: string },
  io: Io,
): Promise<Result<AwsCredentials, AwsFailure>> {
  const { role, region } = options;
  if (!ROLE.test(role)) {
    return fail({
      cause: `"${role}" is not the ARN of an IAM role`,
      next: 'Expected arn:aws:iam::<account>:role/<name>.',
    });
  }
  if (!isRegion(region)) {
    return fail({ cause: `"${region}" is not an AWS region, so the role ${role} cannot be assumed there` });
  }
  let token = await readOidcToken(io);
  if (!token.ok) return token;
  let answer = await ask(options, token.value, io);
  if (answer.ok && answer.value.status !== 200 && isExpired(answer.value.text)) {
    token = await readOidcToken(io, true);
    if (!token.ok) return fail({ ...token.error, cause: `the role ${role} cannot be assumed: ${token.error.cause}` });
    answer = await ask(options, token.value, io);
  }
  if (!answer.ok) return fail({ cause: `the role ${role} cannot be assumed: ${answer.error}` });
  const { status, text } = answer.value;
  if (status !== 200) return fail(explain(role, token.value, status, text));
  const accessKeyId = element(text, 'AccessKeyId');
  const secretAccessKey = element(text, 'SecretAccessKey');
  const sessionToken = element(text, 'SessionToken');
  const expires = Date.parse(element(text, 'Expiration') ?? '');
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    return fail({ cause: `the role ${role} cannot be assumed: the answer of STS holds no credentials` });
  }
  return ok({ accessKeyId, secretAccessKey, sessionToken, ...(Number.isNaN(expires) ? {} : { expires }) });
}

function ask({ role, region }: { readonly role: string; readonly region: string }, token: OidcToken, io: Io) {
  return callAws(io, async () => ({
    method: 'POST',
    url: `${endpointOf('sts', region, io.env)}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: 'text/xml' },
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: sessionName(io.env),
      WebIdentityToken: token.text,
    }).toString(),
  }));
}

/** Whether STS finds the OIDC token ended. It knows better than the clock of this job. */
function isExpired(text: string): boolean {
  return /^ExpiredToken(?:Exception)?$/.test(element(text, 'Code') ?? '');
}

/**
 * A name for the session that leads from CloudTrail back to the job. STS takes 2 to 64 of `[\w+=,.@-]`; a project's name
 * may hold anything else.
 */
export function sessionName(env: Readonly<Record<string, string | undefined>>): string {
  const number = (env['CIRCLE_BUILD_NUM'] ?? '').replace(/[^\w+=,.@-]+/g, '-').slice(0, 12);
  const project = (env['CIRCLE_PROJECT_REPONAME'] ?? '').replace(/[^A-Za-z0-9_+=,.@-]+/g, '-');
  const end = number === '' ? '' : `-${number}`;
  return `build-once${project === '' ? '' : `-${project}`}`.slice(0, 64 - end.length) + end;
}

function explain(role: string, token: OidcToken, status: number, text: string): AwsFailure {
  const code = element(text, 'Code') ?? '';
  const message = element(text, 'Message') ?? `STS answered with HTTP status ${status}`;
  const cause = `the role ${role} cannot be assumed: ${message}${code === '' ? '' : ` (${code})`}`;
  if (isExpired(text)) return { cause, next: 'Run the job again; what is done already is recognised.' };
  const { issuer, audience, subject } = token;
  const provider = (issuer ?? 'https://oidc.circleci.com/org/<organization id>').replace(/^https:\/\//, '');
  if (code === 'AccessDenied' || code === 'InvalidIdentityToken') {
    return {
      cause,
      next: [
        `The account of the role needs the OIDC provider ${provider} with the audience ${audience ?? '<organization id>'},`,
        `and the trust policy of the role must allow sts:AssumeRoleWithWebIdentity to that provider where`,
        `${provider}:sub is like "${subject ?? 'org/<organization id>/project/<project id>/*'}" (what the token of this job says).`,
      ].join(' '),
    };
  }
  return { cause };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Text of the first element of that name. Enough for the flat XML of STS. */
function element(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`, start);
  if (start < 0 || end < 0) return undefined;
  const text = xml.slice(start + name.length + 2, end).trim();
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '');
}
