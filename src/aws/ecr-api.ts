import type { Io } from '../io/io.js';
import { parseJson, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import { callAws } from './call.js';
import type { AwsCredentials } from './credentials.js';
import { endpointOf } from './endpoint.js';
import { signRequest } from './sign.js';

/** Who asks the ECR API of which region. */
export interface EcrCaller {
  readonly region: string;
  readonly credentials: AwsCredentials;
}

/** Why an operation of the ECR API was not done. */
export interface EcrError {
  /** Name of the exception, `RepositoryNotFoundException`; undefined where there was no answer of the API. */
  readonly code: string | undefined;
  readonly message: string;
}

/** The two APIs, each with the namespace of its operations. */
const NAMESPACES = { ecr: 'AmazonEC2ContainerRegistry_V20150921', 'ecr-public': 'SpencerFrontendService' } as const;

/**
 * Calls an operation of the ECR API, which must be safe to repeat.
 * @param operation `DescribeRepositories`
 * @param service `ecr-public` for the public registries
 * @returns its output as JSON
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
 */
export async function callEcr(
  operation: string,
  input: object,
  { region, credentials }: EcrCaller,
  io: Io,
  service: keyof typeof NAMESPACES = 'ecr',
): Promise<Result<unknown, EcrError>> {
  const url = `${endpointOf(service, region, io.env)}/`;
  const request = {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${NAMESPACES[service]}.${operation}`,
    },
    body: JSON.stringify(input),
  };
  const answer = await callAws(io, async () => {
    const signed = await signRequest({ ...request, service, region, credentials, now: io.clock.now() });
    return { ...request, headers: signed };
  });
  if (!answer.ok) return fail({ code: undefined, message: answer.error });
  const { status, text } = answer.value;
  const body = parseJson(text);
  if (status === 200 && body !== undefined) return ok(body);
  // Some endpoints put the namespace of the service before the name, or a colon and a URL behind it.
  const code = stringAt(body, '__type')?.replace(/^.*#|:.*$/g, '');
  const said = stringAt(body, 'message') ?? stringAt(body, 'Message') ?? `ECR answered with HTTP status ${status}`;
  return fail({ code, message: code === undefined ? said : `${said} (${code})` });
}
