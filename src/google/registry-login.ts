import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import { exchangeToken } from './exchange-token.js';
import type { GoogleFailure } from './failure.js';
import { impersonate } from './impersonate.js';

/** Who the job is in Google Cloud, by workload identity federation. */
export interface WorkloadIdentity {
  /** Resource name: `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`. */
  readonly provider: string;
  /** Email of the service account to impersonate. Empty: none, the federated identity itself has the rights. */
  readonly serviceAccount: string;
}

/** A login to Artifact Registry. Good for an hour at most. */
export interface GoogleLogin {
  readonly username: string;
  readonly password: string;
}

const PROVIDER =
  /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}\/providers\/[a-z0-9-]{4,32}$/;
const SERVICE_ACCOUNT = /^[a-z0-9][a-z0-9-]*@[a-z0-9.-]+\.gserviceaccount\.com$/;

/**
 * Gets a login for Artifact Registry with the OIDC token of the job: no key is stored anywhere.
 * @see https://docs.cloud.google.com/artifact-registry/docs/docker/authentication#token (the user name)
 */
export async function googleRegistryLogin(
  identity: WorkloadIdentity,
  io: Io,
): Promise<Result<GoogleLogin, GoogleFailure>> {
  const { provider, serviceAccount } = identity;
  if (!PROVIDER.test(provider)) {
    return fail({
      cause: `"${provider}" is not the resource name of a workload identity pool provider`,
      next: 'Expected projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER, with the number of the project and not its ID.',
    });
  }
  if (serviceAccount !== '' && !SERVICE_ACCOUNT.test(serviceAccount)) {
    return fail({
      cause: `"${serviceAccount}" is not the email of a service account`,
      next: 'Expected NAME@PROJECT.iam.gserviceaccount.com.',
    });
  }
  const federated = await exchangeToken(provider, io);
  if (!federated.ok) return federated;
  const token =
    serviceAccount === '' ? federated : await impersonate({ provider, serviceAccount, token: federated.value }, io);
  return token.ok ? ok({ username: 'oauth2accesstoken', password: token.value }) : token;
}
