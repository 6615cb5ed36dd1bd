import type { AwsCredentials } from './credentials.js';

/** What is signed with Signature Version 4. */
export interface Signable {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The headers of a request with its signature.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function signRequest(request: Signable): Promise<Record<string, string>> {
  const signer = await signerOf(request);
  const signed = await signer.sign(messageOf(request), { signingDate: new Date(request.now) });
  const { host: _, ...headers } = signed.headers; // The client writes the same host by itself.
  return headers;
}

/** The URL with its signature in the query; every header of the request is signed and must be sent with it. */
export async function presignUrl(request: Signable & { readonly expiresIn: number }): Promise<string> {
  const signer = await signerOf(request);
  const signed = await signer.presign(messageOf(request), {
    expiresIn: request.expiresIn,
    signingDate: new Date(request.now),
    unhoistableHeaders: new Set(Object.keys(request.headers ?? {})),
  });
  const url = new URL(request.url);
  url.search = '';
  for (const [name, value] of Object.entries(signed.query ?? {})) {
    if (typeof value === 'string') url.searchParams.append(name, value);
  }
  return url.href;
}

async function signerOf(request: Signable) {
  const { SignatureV4, Sha256 } = await import('./signature.js');
  const { accessKeyId, secretAccessKey, sessionToken } = request.credentials;
  return new SignatureV4({
    service: request.service,
    region: request.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
  });
}

function messageOf(request: Signable) {
  const url = new URL(request.url);
  return {
    method: request.method ?? 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
  };
}
