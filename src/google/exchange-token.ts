import { callApi } from '../io/call-api.js';
import type { Io } from '../io/io.js';
import { type OidcToken, readOidcToken } from '../io/oidc-token.js';
import { parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { GoogleFailure } from './failure.js';
import { CLOUD_PLATFORM } from './scope.js';

/**
 * Exchanges the OIDC token of the job for an access token of Google Cloud, which the provider issues to the identity that
 * it maps the token to.
 * @param provider resource name of the workload identity pool provider
 * @returns the access token, which ends with the OIDC token at the latest
 * @see https://docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 */
export async function exchangeToken(provider: string, io: Io): Promise<Result<string, GoogleFailure>> {
  const token = await readOidcToken(io);
  if (!token.ok) return token;
  const answer = await callApi(io, async () => ({
    method: 'POST',
    url: 'https://sts.googleapis.com/v1/token',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      audience: `//iam.googleapis.com/${provider}`,
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      scope: CLOUD_PLATFORM,
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
      subjectToken: token.value.text,
    }),
  }));
  const refused = `the OIDC token of this job cannot be exchanged at ${provider}`;
  if (!answer.ok) return fail({ cause: `${refused}: ${answer.error}` });
  const body = parseJson(answer.value.text);
  const access = stringAt(body, 'access_token');
  if (answer.value.status === 200 && access !== undefined) return ok(access);
  if (answer.value.status === 200) return fail({ cause: `${refused}: the answer of Google holds no token` });
  const code = stringAt(body, 'error') ?? '';
  const message = stringAt(body, 'error_description') ?? `Google answered with HTTP status ${answer.value.status}`;
  const next = advise(provider, token.value, code, message);
  return fail({
    cause: `${refused}: ${message}${code === '' ? '' : ` (${code})`}`,
    ...(next === undefined ? {} : { next }),
  });
}

/** What to do, by the errors that the troubleshooting page of workload identity federation and its users name. */
function advise(provider: string, token: OidcToken, code: string, message: string): string | undefined {
  const [, project, , , , pool, , name] = provider.split('/');
  const update = `gcloud iam workload-identity-pools providers update-oidc ${name} --project=${project} --location=global --workload-identity-pool=${pool}`;
  const { audience = '<organization id>', issuer = 'https://oidc.circleci.com/org/<organization id>' } = token;
  if (/127 bytes/.test(message)) {
    return `The subject of CIRCLE_OIDC_TOKEN_V2 is longer than Google takes. Map a shorter claim: ${update} --attribute-mapping="google.subject=assertion['oidc.circleci.com/project-id']"`;
  }
  if (/\bstale\b|expired/i.test(message)) {
    return 'The OIDC token of the job has ended. Run the job again, or split it so that the registry is needed earlier.';
  }
  if (/\baudience in ID Token\b/i.test(message)) {
    return `The provider must allow the audience of CircleCI's tokens, the ID of the organization: ${update} --allowed-audiences="${audience}"`;
  }
  if (/\bissuer\b/i.test(message)) return `The provider must have the issuer URI of your organization: ${issuer}`;
  if (code === 'invalid_target' || code === 'invalid_request') {
    return 'Check the number of the project and the names of the pool and the provider, and that neither is disabled or deleted.';
  }
  if (code === 'unauthorized_client') {
    return `The attribute condition of the provider does not let this job through. The subject of its token is "${token.subject ?? 'unknown'}".`;
  }
  return undefined;
}
