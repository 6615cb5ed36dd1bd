import type { Io } from '../io/io.js';
import { isRecord, parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import { callAws } from './call.js';
import { type AwsCredentials, resolveCredentials } from './credentials.js';
import { endpointOf, isRegion, regionalEndpoint } from './endpoint.js';
import type { AwsFailure } from './failure.js';
import { presignUrl, signRequest } from './sign.js';

export type { AwsFailure } from './failure.js';

/** How to reach the API server of an EKS cluster. */
export interface EksCluster {
  /** URL of the API server. */
  readonly server: string;
  /** Certificate authority of the API server, as PEM text. */
  readonly ca: string;
  /**
   * A bearer token that is good for ten minutes at least. A failure when the credentials can no longer be had.
   * @param renew the cluster did not accept the last one: it is not given again
   */
  token(renew?: boolean): Promise<Result<string, AwsFailure>>;
}

export interface EksOptions {
  readonly name: string;
  readonly region: string;
  /** ARN of the IAM role to assume with the OIDC token of the job; empty: the AWS credentials of the job. */
  readonly role: string;
  /** Number of the AWS account that the cluster must be of: another one may have one of that name, too. Default: any. */
  readonly account?: string | undefined;
}

/** The authenticator of EKS takes a token for 15 minutes after it was signed; a new one is made long before. */
const TOKEN_AGE = 5 * 60_000;
/** Credentials that end this soon are asked for anew, so that a token never outlives them by much. */
const CREDENTIALS_MARGIN = 15 * 60_000;

/**
 * Looks the cluster up and makes tokens for it.
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
 */
export async function eksCluster(options: EksOptions, io: Io): Promise<Result<EksCluster, AwsFailure>> {
  const { name, region } = options;
  if (!isRegion(region)) {
    return fail({
      cause: `"${region}" is not an AWS region, so the EKS cluster "${name}" cannot be looked up`,
      next: 'Give the region of the cluster, like us-east-1.',
    });
  }
  if (!/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name)) {
    return fail({ cause: `"${name}" cannot be the name of an EKS cluster`, next: 'Letters, digits, "-" and "_".' });
  }
  const first = await resolveCredentials(options, io);
  if (!first.ok) return first;
  const described = await describeCluster(options, first.value, io);
  if (!described.ok) return described;

  let credentials = first.value;
  let cached: { readonly token: string; readonly made: number } | undefined;
  const token = async (renew = false): Promise<Result<string, AwsFailure>> => {
    const now = io.clock.now();
    if (cached !== undefined && !renew && now - cached.made < TOKEN_AGE) return ok(cached.token);
    const { expires } = credentials;
    // A cluster that refuses a token knows better than this clock whether what signed it has ended.
    if (expires !== undefined && (renew || expires - now < CREDENTIALS_MARGIN)) {
      const renewed = await resolveCredentials(options, io);
      if (renewed.ok) credentials = renewed.value;
      // Where there is no new OIDC token, what is left of the old credentials is still good.
      else if (expires <= now) return renewed;
    }
    cached = { token: await makeToken(options, credentials, now), made: now };
    return ok(cached.token);
  };
  return ok({ ...described.value, token });
}

/**
 * A presigned STS GetCallerIdentity that names the cluster in a signed header, in base64url.
 * It is always of the real STS: the authenticator of the cluster takes no other host.
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator (section "API Authorization from Outside a Cluster")
 */
async function makeToken(options: EksOptions, credentials: AwsCredentials, now: number): Promise<string> {
  const url = await presignUrl({
    url: `${regionalEndpoint('sts', options.region)}/?Action=GetCallerIdentity&Version=2011-06-15`,
    headers: { 'x-k8s-aws-id': options.name },
    service: 'sts',
    region: options.region,
    credentials,
    now,
    expiresIn: 60,
  });
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

async function describeCluster(
  options: EksOptions,
  credentials: AwsCredentials,
  io: Io,
): Promise<Result<{ readonly server: string; readonly ca: string }, AwsFailure>> {
  const url = `${endpointOf('eks', options.region, io.env)}/clusters/${encodeURIComponent(options.name)}`;
  const what = `EKS cluster "${options.name}" in ${options.region}`;
  const answer = await callAws(io, async () => ({
    method: 'GET',
    url,
    headers: await signRequest({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      service: 'eks',
      region: options.region,
      credentials,
      now: io.clock.now(),
    }),
  }));
  if (!answer.ok) return fail({ cause: `the ${what} cannot be looked up: ${answer.error}` });
  const { status, text } = answer.value;
  const body = parseJson(text);
  if (status === 404) {
    return fail({
      cause: `there is no ${what}`,
      next: 'Check the name and the region, and that the role is of the account that has the cluster.',
    });
  }
  if (status !== 200) {
    const message = stringAt(body, 'message') ?? stringAt(body, 'Message') ?? `HTTP status ${status}`;
    return fail({
      cause: `the ${what} cannot be looked up: ${message}`,
      ...(status === 403 ? { next: adviseRefused(message, io.clock.now()) } : {}),
    });
  }
  const cluster = isRecord(body) ? body['cluster'] : undefined;
  const [, account] = /^arn:[^:]*:eks:[^:]*:(\d{12}):/.exec(stringAt(cluster, 'arn') ?? '') ?? [];
  if (options.account !== undefined && account !== undefined && account !== options.account) {
    return fail({
      cause: `the ${what} that these AWS credentials find is of account ${account}, not of ${options.account}`,
    });
  }
  const server = stringAt(cluster, 'endpoint');
  const ca = stringAt(isRecord(cluster) ? cluster['certificateAuthority'] : undefined, 'data');
  if (server === undefined || ca === undefined) {
    const state = stringAt(cluster, 'status') ?? 'unknown';
    return fail({
      cause: `the ${what} has no API server to talk to yet: its status is ${state}`,
      next: 'Wait until the cluster is ACTIVE.',
    });
  }
  return ok({ server, ca: Buffer.from(ca, 'base64').toString('utf8') });
}

function adviseRefused(message: string, now: number): string {
  return /Signature (?:expired|not yet current)/.test(message)
    ? `Set the clock of the machine that runs this job, by which it is ${new Date(now).toISOString()}: AWS takes a signature that is five minutes off at most.`
    : 'The role needs eks:DescribeCluster on this cluster.';
}
