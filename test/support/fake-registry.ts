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
  /** Whether it has the referrers API. */
  referrers: boolean;
  /** What has come of each upload that is not finished, by its number. */
  readonly uploads: Map<string, Buffer[]>;
  /** How many uploads were started. */
  started: number;
  /** Cuts the next upload once this many bytes of its request have come. */
  cutAfter: number | undefined;
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
    const upload = request.method === 'PUT' ? registry.uploads.get(uploadOf(request)) : undefined;
    let came = 0;
    request.on('data', (piece: Buffer) => {
      pieces.push(piece);
      upload?.push(piece);
      came += piece.length;
      if (upload === undefined || registry.cutAfter === undefined || came < registry.cutAfter) return;
      registry.cutAfter = undefined;
      registry.requests.push(`cut ${request.method} ${request.url}`);
      request.socket.destroy();
    });
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
    referrers: false,
    uploads: new Map(),
    started: 0,
    cutAfter: undefined,
    pageSize: 1000,
    gate: undefined,
  };
  return registry;
}

function answer(registry: FakeRegistry, request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const url = new URL(request.url ?? '', 'http://registry');
  const listed = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
  if (listed !== undefined) return answerTags(registry, listed, url, response);
  const [, about, subject] = /^\/v2\/(.+)\/referrers\/([^/]+)$/.exec(url.pathname) ?? [];
  if (about !== undefined && registry.referrers) return answerReferrers(registry, about, subject, response);
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

/** The number of an upload in its address. */
const uploadOf = ({ url }: IncomingMessage) => /\/blobs\/uploads\/(\d+)/.exec(url ?? '')?.[1] ?? '';

/** An upload of a blob: a POST that starts it or mounts the blob, a GET of how far it is, and a PUT of the bytes it lacks. */
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
    else {
      registry.started += 1;
      registry.uploads.set(`${registry.started}`, []);
      response.writeHead(202, { location: `${url.pathname}${registry.started}?state=a%3D` }).end();
    }
    return;
  }
  const number = uploadOf(request);
  const upload = registry.uploads.get(number);
  if (upload === undefined) return void sendError(response, 404, 'BLOB_UPLOAD_UNKNOWN');
  const there = Buffer.concat(upload);
  if (request.method === 'GET') {
    response.writeHead(204, { location: url.pathname, range: `0-${Math.max(0, there.length - 1)}` }).end();
    return;
  }
  const digest = url.searchParams.get('digest') ?? '';
  const start = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? 0);
  if (start !== there.length - body.length) return void sendError(response, 416, 'RANGE_INVALID');
  registry.uploads.delete(number);
  if (sha256(there) !== digest) return void sendError(response, 400, 'DIGEST_INVALID');
  registry.blobs.set(digest, there);
  response.writeHead(201, { 'docker-content-digest': digest }).end();
}

/** The manifests that name a subject, as the index that the referrers API gives. */
function answerReferrers(registry: FakeRegistry, path: string, subject: string | undefined, response: ServerResponse) {
  const manifests = [...registry.manifests].flatMap(([key, { type, bytes }]) => {
    const value = JSON.parse(bytes.toString());
    if (!key.startsWith(`${path}:sha256:`) || value.subject?.digest !== subject) return [];
    const artifactType = value.artifactType ?? value.config?.mediaType;
    return [{ mediaType: type, digest: sha256(bytes), size: bytes.length, artifactType }];
  });
  response.writeHead(200, { 'content-type': OCI_INDEX });
  response.end(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
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
  const type = OCI_INDEX;
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
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

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
    /** The digest of the manifest that this one is about. */
    readonly subject?: string;
    readonly artifactType?: string;
    /** The bytes of each layer. Default: none. */
    readonly layers?: readonly (string | Buffer)[];
  },
  ...tags: readonly string[]
): string {
  const { os = 'linux', type = OCI_MANIFEST, layers = [], subject, artifactType, ...rest } = image;
  const about = subject === undefined ? {} : { subject: { mediaType: OCI_MANIFEST, digest: subject, size: 1 } };
  const config = Buffer.from(JSON.stringify({ os, ...rest }));
  registry.blobs.set(sha256(config), config);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...about,
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
