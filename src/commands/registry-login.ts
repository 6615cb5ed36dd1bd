import type { Io } from '../io/io.js';
import { isGoogleRegistry, isPublicEcr, parseEcrHost } from '../reference.js';
import type { RegistryCredentials } from '../registry/credentials.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';

/** The parameters that say how to log in. */
export interface LoginOptions {
  readonly role: string;
  readonly username: string;
  readonly password: string;
  readonly workload_identity_provider: string;
  readonly service_account: string;
}

export interface ChosenLogin {
  readonly credentials: RegistryCredentials;
  /** `docker`: Docker itself has this login too, or needs none. `cloud`: from ECR or Google just now. `given`: by parameters. */
  readonly login: 'docker' | 'cloud' | 'given';
}

/**
 * Chooses the login to a registry.
 *
 * A name and a password that are given go before all others, then a workload identity of Google. The login for an
 * ECR registry comes from the ECR API, by the role or else the job's AWS credentials. Any other registry is used with the
 * login that Docker has for it, and so is ECR where there is neither a role nor an AWS key but a login of Docker's.
 * @param prefix what stands before the names of the parameters: `destination-`, or nothing
 */
export async function chooseLogin(
  host: string,
  options: LoginOptions,
  io: Io,
  prefix = '',
): Promise<Result<ChosenLogin, Failure>> {
  const { role, username, password } = options;
  const mistake = findMistake(host, options, prefix);
  if (mistake !== undefined) return fail(mistake);
  if (username !== '') return ok({ credentials: { kind: 'password', username, password }, login: 'given' });
  if (options.workload_identity_provider !== '') {
    const { googleRegistryLogin } = await import('../google/registry-login.js');
    const identity = { provider: options.workload_identity_provider, serviceAccount: options.service_account };
    return fromCloud(await googleRegistryLogin(identity, io));
  }
  const ecr = parseEcrHost(host);
  const isAws = ecr !== undefined || isPublicEcr(host);
  if (!isAws || (role === '' && !io.env['AWS_ACCESS_KEY_ID'])) {
    const { readDockerLogin } = await import('../registry/docker-config.js');
    const login = await readDockerLogin(host, io);
    if (!login.ok) return fail({ code: 1, cause: `there is no login for ${host}: ${login.error}` });
    if (ecr === undefined || login.value.kind !== 'anonymous') return ok({ credentials: login.value, login: 'docker' });
  }
  const { ecrLogin, PUBLIC_REGION } = await import('../aws/ecr-login.js');
  return fromCloud(await ecrLogin({ host, region: ecr?.region ?? PUBLIC_REGION, role }, io));
}

function fromCloud(
  login: Result<
    { readonly username: string; readonly password: string },
    { readonly cause: string; readonly next?: string }
  >,
): Result<ChosenLogin, Failure> {
  if (!login.ok) return fail({ code: 1, ...login.error });
  return ok({ credentials: { kind: 'password', ...login.value }, login: 'cloud' });
}

/** Half a login is a mistake, not another login, and so are two. */
function findMistake(host: string, options: LoginOptions, prefix: string): Failure | undefined {
  const { username, password, workload_identity_provider: provider, service_account: account } = options;
  if ((username === '') !== (password === '')) {
    const [there, missing] = password === '' ? ['username', 'password'] : ['password', 'username'];
    return {
      code: 2,
      cause: `there is a --${prefix}${there}, but no --${prefix}${missing}`,
      next: 'Give both, each as $NAME of an environment variable, or none.',
    };
  }
  if (provider === '' && account !== '') {
    return {
      code: 2,
      cause: `there is a --${prefix}service-account, but no --${prefix}workload-identity-provider`,
      next: 'Give the resource name of the provider, too: it is where the OIDC token of the job is exchanged.',
    };
  }
  if (provider === '') return undefined;
  if (username !== '') {
    return {
      code: 2,
      cause: `there are both --${prefix}username and --${prefix}workload-identity-provider`,
      next: 'Give one of the two logins.',
    };
  }
  if (isGoogleRegistry(host)) return undefined;
  // A token of Google Cloud opens more than a registry: it goes to Google and to nobody else.
  return {
    code: 2,
    cause: `there is a --${prefix}workload-identity-provider, but ${host} is not a registry of Google`,
    next: 'It is for LOCATION-docker.pkg.dev and gcr.io. For any other registry give a role, or username and password.',
  };
}
