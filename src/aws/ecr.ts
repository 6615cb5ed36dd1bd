/**
 * The only file that imports an AWS client. It is loaded lazily itself, and imports the client statically: a bundler
 * loses the names of a package that is imported dynamically.
 */
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { AwsCredentials } from './credentials.js';

const ATTEMPTS = 4;

/**
 * Asks ECR for a login, up to four times where the SDK takes a fault for one of a moment.
 * @param options.onRetry is told what went wrong, and which attempt of how many comes now
 * @returns the text `user:password` in base64, or undefined when ECR sends none
 * @throws the SDK's errors
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export async function getAuthorizationToken(options: {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal;
  readonly onRetry: (why: string, next: number, of: number) => void;
}): Promise<string | undefined> {
  const client = new ECRClient({
    region: options.region,
    credentials: options.credentials,
    maxAttempts: ATTEMPTS,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  });
  let attempt = 0;
  let why = '';
  // Below the SDK's own middleware that tries again, so it is passed once for each attempt.
  client.middlewareStack.add(
    (next) => async (args) => {
      if (++attempt > 1) options.onRetry(why, attempt, ATTEMPTS);
      try {
        return await next(args);
      } catch (error) {
        why = error instanceof Error ? error.message || error.name : String(error);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  try {
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: options.signal });
    return answer.authorizationData?.[0]?.authorizationToken;
  } finally {
    client.destroy();
  }
}

/** What the SDK's default chain finds: profile, container, instance. It comes with the client and costs no more bytes. */
export async function defaultCredentials(region: string): Promise<AwsCredentials> {
  const client = new ECRClient({ region });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await client.config.credentials();
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expires: expiration.getTime() }),
  };
}
