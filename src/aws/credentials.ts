import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import { assumeRole } from './assume-role.js';
import { findBadEndpoint } from './endpoint.js';
import type { AwsFailure } from './failure.js';

/** Keys to sign with. Secret: never in a log, a file or an argument. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970; undefined: they do not end by themselves. */
  readonly expires?: number;
}

/**
 * The AWS credentials of a job. With a role it is assumed with the job's OIDC token, and keys that happen to be in the
 * environment are never used instead. Without one: `AWS_ACCESS_KEY_ID` and its companions, else what the SDK's default
 * chain finds (profile, container, instance).
 */
export async function resolveCredentials(
  options: { readonly role: string; readonly region: string },
  io: Io,
): Promise<Result<AwsCredentials, AwsFailure>> {
  const bad = findBadEndpoint(io.env);
  if (bad !== undefined) {
    return fail({
      cause: `$${bad} is not a URL`,
      next: 'Unset it, or give the URL of an endpoint, with http:// or https://.',
    });
  }
  if (options.role !== '') {
    const assumed = await assumeRole(options, io);
    return assumed.ok || !io.env['AWS_ACCESS_KEY_ID'] ? assumed : fail(noteKeys(assumed.error));
  }
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = io.env;
  if (id && secret) {
    return ok({ accessKeyId: id, secretAccessKey: secret, ...(session ? { sessionToken: session } : {}) });
  }
  if (id || secret) {
    return fail({
      cause: `${id ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, though its companion is`,
      next: 'Set both, or give a role to assume with the OIDC token of the job.',
    });
  }
  try {
    const { defaultCredentials } = await import('./ecr.js');
    return ok(await defaultCredentials(options.region));
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('\n') : [];
    return fail({
      cause: `there are no AWS credentials, and no role to assume was given: ${why}`,
      next: 'Give the role (its ARN), so that the OIDC token of the job is used; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in a context.',
    });
  }
}

/** Keys that are there and not used: whoever sees a role fail beside them should know that they would not have helped. */
function noteKeys({ cause, next }: AwsFailure): AwsFailure {
  const note =
    'The AWS_ACCESS_KEY_ID of this job was not used instead: where a role is named, only the OIDC token counts.';
  return { cause, next: next === undefined ? note : `${next} ${note}` };
}
