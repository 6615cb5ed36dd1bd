import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** Answers one request in the place of the registry. Returns `false` to let the registry answer after all. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => false | undefined;

/** A registry in memory on a loopback socket, that can be made to fail. */
export interface FakeRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** What was asked, in order: `GET /v2/shop/manifests/latest`. */
  readonly requests: string[];
  /** The Authorization headers of those requests. */
  readonly authorizations: (string | undefined)[];
  /** Answers of the next requests, first in first out. */
  readonly faults: Fault[];
  /** Manifests by tag and by digest, `path:reference`. */
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  readonly blobs: Map<string, Buffer>;
  /** Whether a blob is taken over from another repository, where it is asked for. */
  mounts: boolean;
  /** Most tags that a page of the list has. */
  pageSize: number;
  /** Answers every request first, where it is set. */
  gate: Fault | undefined;
}

/** The sha256 digest of a text or bytes. */
export const sha256 = (bytes: string | Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export async function fakeRegistry(t: Test): Promise<FakeRegistry> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      registry.requests.push(`${request.method} ${request.url}`);
      registry.authorizations.push(request.headers.authorization);
      if (registry.gate !== undefined && registry.gate(request, response, body) !== false) return;
      const fault = registry.faults.shift();
      if (fault !== undefined && fault(request, response, body) !== false) return;
      answer(registry, request, response, body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const registry: FakeRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    authorizations: [],
    faults: [],
    manifests: new Map(),
    blobs: new Map(),
    mounts: false,
    pageSize: 1000,
    gate: undefined,
  };
  return registry;
}

function answer(registry: FakeRegistry, request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const url = new URL(request.url ?? '', 'http://registry');
  const listed = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
  if (listed !== undefined) return answerTags(registry, listed, url, response);
  const [, path = '', kind = '', reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
  if (/\/blobs\/uploads\/[^/]*$/.test(url.pathname)) return answerUpload(registry, request, url, response, body);
  if (kind === 'blobs') {
    const blob = registry.blobs.get(reference);
    if (blob === undefined) sendError(response, 404, 'BLOB_UNKNOWN');
    else response.writeHead(200, { 'content-length': blob.length }).end(request.method === 'HEAD' ? undefined : blob);
    return;
  }
  if (request.method === 'PUT') {
    const stored = { type: request.headers['content-type'] ?? '', bytes: body };
    registry.manifests.set(`${path}:${reference}`, stored);
    registry.manifests.set(`${path}:${sha256(body)}`, stored);
    response.writeHead(201, { 'docker-content-digest': sha256(body) }).end();
    return;
  }
  const manifest = registry.manifests.get(`${path}:${reference}`);
  if (manifest === undefined) {
    sendError(response, 404, 'MANIFEST_UNKNOWN');
    return;
  }
  response.writeHead(200, { 'content-type': manifest.type, 'docker-content-digest': sha256(manifest.bytes) });
  response.end(request.method === 'HEAD' ? undefined : manifest.bytes);
}

/** An upload of a blob: a POST that starts it or mounts the blob, and a PUT of all its bytes. */
function answerUpload(
  registry: FakeRegistry,
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
  body: Buffer,
) {
  if (request.method === 'POST') {
    const mounted = registry.mounts && registry.blobs.has(url.searchParams.get('mount') ?? '');
    if (mounted) response.writeHead(201).end();
    else response.writeHead(202, { location: `${url.pathname}1?state=a%3D` }).end();
    return;
  }
  const digest = url.searchParams.get('digest') ?? '';
  if (sha256(body) !== digest) return void sendError(response, 400, 'DIGEST_INVALID');
  registry.blobs.set(digest, body);
  response.writeHead(201, { 'docker-content-digest': digest }).end();
}

/** An error in the form of the distribution spec. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message = '',
  headers: Readonly<Record<string, string>> = {},
): undefined {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
  return undefined;
}

/** A page of the tags of a repository, with a link to the next where there are more. */
function answerTags(registry: FakeRegistry, path: string, url: URL, response: ServerResponse) {
  const last = url.searchParams.get('last') ?? '';
  const tags = [...registry.manifests.keys()]
    .filter((key) => key.startsWith(`${path}:`) && !key.includes('sha256:'))
    .map((key) => key.slice(path.length + 1))
    .filter((tag) => tag > last)
    .sort();
  const page = tags.slice(0, Math.min(Number(url.searchParams.get('n') ?? 100), registry.pageSize));
  const next = `</v2/${path}/tags/list?n=${url.searchParams.get('n')}&last=${page.at(-1)}>; rel="next"`;
  response.writeHead(200, { 'content-type': 'application/json', ...(page.length < tags.length ? { link: next } : {}) });
  response.end(JSON.stringify({ name: path, tags: page }));
}

/** Puts an index over manifests that are there already, under its digest and under tags. Returns the digest. */
export function addIndex(
  registry: FakeRegistry,
  path: string,
  manifests: readonly { readonly digest: string; readonly platform: string }[],
  ...tags: readonly string[]
): string {
  const type = 'application/vnd.oci.image.index.v1+json';
  const entries = manifests.map(({ digest, platform }) => {
    const [os, architecture] = platform.split('/');
    const size = registry.manifests.get(`${path}:${digest}`)?.bytes.length ?? 0;
    return { mediaType: OCI_MANIFEST, digest, size, platform: { os, architecture } };
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: entries }));
  for (const reference of [sha256(bytes), ...tags]) registry.manifests.set(`${path}:${reference}`, { type, bytes });
  return sha256(bytes);
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Puts an image of one platform there, under its digest and under tags. Returns the digest. */
export function addImage(
  registry: FakeRegistry,
  path: string,
  image: {
    readonly os?: string;
    readonly architecture: string;
    readonly variant?: string;
    readonly salt?: string;
    readonly type?: string;
    /** The bytes of each layer. Default: none. */
    readonly layers?: readonly (string | Buffer)[];
  },
  ...tags: readonly string[]
): string {
  const { os = 'linux', type = OCI_MANIFEST, layers = [], ...rest } = image;
  const config = Buffer.from(JSON.stringify({ os, ...rest }));
  registry.blobs.set(sha256(config), config);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(config), size: config.length },
      layers: layers.map((layer) => {
        const bytes = Buffer.from(layer);
        registry.blobs.set(sha256(bytes), bytes);
        const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
        return { mediaType, digest: sha256(bytes), size: bytes.length };
      }),
    }),
  );
  for (const reference of [sha256(bytes), ...tags]) registry.manifests.set(`${path}:${reference}`, { type, bytes });
  return sha256(bytes);
}
