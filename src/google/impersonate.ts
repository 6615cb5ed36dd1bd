import { callApi } from '../io/call-api.js';
import type { Io } from '../io/io.js';
import { isRecord, parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { GoogleFailure } from './failure.js';
import { CLOUD_PLATFORM } from './scope.js';

/**
 * Gets an access token of a service account, good for an hour.
 * @see https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export async function impersonate(
  options: { readonly provider: string; readonly serviceAccount: string; readonly token: string },
  io: Io,
): Promise<Result<string, GoogleFailure>> {
  const { serviceAccount, token } = options;
  const account = `projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}`;
  const answer = await callApi(io, async () => ({
    method: 'POST',
    url: `https://iamcredentials.googleapis.com/v1/${account}:generateAccessToken`,
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ scope: [CLOUD_PLATFORM] }),
  }));
  const refused = `the service account ${serviceAccount} cannot be impersonated`;
  if (!answer.ok) return fail({ cause: `${refused}: ${answer.error}` });
  const { status, text } = answer.value;
  const body = parseJson(text);
  const access = stringAt(body, 'accessToken');
  if (status === 200 && access !== undefined) return ok(access);
  if (status === 200) return fail({ cause: `${refused}: the answer of Google holds no token` });
  const error = isRecord(body) ? body['error'] : undefined;
  const message = stringAt(error, 'message') ?? `Google answered with HTTP status ${status}`;
  const next = advise(options, status, text);
  return fail({ cause: `${refused}: ${message}`, ...(next === undefined ? {} : { next }) });
}

function advise(
  { provider, serviceAccount }: { readonly provider: string; readonly serviceAccount: string },
  status: number,
  text: string,
): string | undefined {
  if (/"SERVICE_DISABLED"/.test(text)) {
    return 'Enable the API in the project of the pool: gcloud services enable iamcredentials.googleapis.com';
  }
  if (status === 404) return 'Check the email of the service account, and that it was not deleted.';
  if (status !== 403) return undefined;
  const pool = provider.replace(/\/providers\/.*$/, '');
  return `Let the jobs of the project act as it: gcloud iam service-accounts add-iam-policy-binding ${serviceAccount} --role=roles/iam.workloadIdentityUser --member="principal://iam.googleapis.com/${pool}/subject/SUBJECT", where SUBJECT is what the provider maps google.subject to. It may take some minutes until it is in force.`;
}
