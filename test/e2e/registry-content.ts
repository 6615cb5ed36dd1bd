import { randomBytes } from 'node:crypto';
import { sha256 } from '../support/fake-registry.js';

/** Reads and writes a registry without the code that is under test. */

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function pushBlob(repository: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const [host, path] = split(repository);
  const digest = sha256(bytes);
  const started = await fetch(`http://${host}/v2/${path}/blobs/uploads/`, { method: 'POST' });
  const address = new URL(started.headers.get('location') ?? '', started.url);
  address.searchParams.set('digest', digest);
  const put = await fetch(address, { method: 'PUT', body: new Uint8Array(bytes) });
  if (put.status !== 201) throw new Error(`PUT of a blob: ${put.status}`);
  return { mediaType, digest, size: bytes.length };
}

/** Puts a manifest there, under its digest or a tag. */
export async function pushManifest(repository: string, manifest: object, tag?: string): Promise<Descriptor> {
  const [host, path] = split(repository);
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }));
  const mediaType = 'manifests' in manifest ? INDEX : MANIFEST;
  const digest = sha256(body);
  const put = await fetch(`http://${host}/v2/${path}/manifests/${tag ?? digest}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body,
  });
  if (put.status !== 201) throw new Error(`PUT of a manifest: ${put.status} ${await put.text()}`);
  return { mediaType, digest, size: body.length };
}

/** Pushes an image of one platform, with layers of random bytes of these sizes. */
export async function pushImage(
  repository: string,
  { architecture, layers, more = {} }: { architecture: string; layers: readonly number[]; more?: object },
): Promise<Descriptor> {
  const text = JSON.stringify({ os: 'linux', architecture, salt: randomBytes(8).toString('hex') });
  const config = await pushBlob(repository, Buffer.from(text), 'application/vnd.oci.image.config.v1+json');
  const pushed: Descriptor[] = [];
  for (const size of layers) {
    pushed.push(await pushBlob(repository, randomBytes(size), 'application/vnd.oci.image.layer.v1.tar'));
  }
  return pushManifest(repository, { mediaType: MANIFEST, config, layers: pushed, ...more });
}

/** Pushes an index of two platforms, with layers of these sizes in each. */
export async function pushIndex(repository: string, layers: readonly number[]): Promise<Descriptor> {
  const manifests: object[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const image = await pushImage(repository, { architecture, layers });
    manifests.push({ ...image, platform: { os: 'linux', architecture } });
  }
  return pushManifest(repository, { mediaType: INDEX, manifests });
}

/** The digest that a tag is on; undefined where it is on none. */
export async function tagged(repository: string, tag: string): Promise<string | undefined> {
  const [host, path] = split(repository);
  const accept = `${INDEX}, ${MANIFEST}`;
  const found = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, { headers: { accept } });
  return found.ok ? sha256(Buffer.from(await found.arrayBuffer())) : undefined;
}

/**
 * Reads a manifest and everything below it, and checks each byte against its digest.
 * @returns the digests in order
 */
export async function readWhole(repository: string, reference: string): Promise<readonly string[]> {
  const [host, path] = split(repository);
  const read = async (kind: 'manifests' | 'blobs', name: string): Promise<Buffer> => {
    const accept = `${INDEX}, ${MANIFEST}`;
    const found = await fetch(`http://${host}/v2/${path}/${kind}/${name}`, { headers: { accept } });
    const bytes = Buffer.from(await found.arrayBuffer());
    if (!found.ok) throw new Error(`${repository} has no ${kind} ${name}`);
    if (name.startsWith('sha256:') && sha256(bytes) !== name) throw new Error(`${name} has other bytes`);
    return bytes;
  };
  const bytes = await read('manifests', reference);
  const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString());
  const below: string[] = [];
  for (const { digest } of manifests) below.push(...(await readWhole(repository, digest)));
  for (const { digest } of config === undefined ? [] : [config, ...layers])
    below.push(sha256(await read('blobs', digest)));
  return [sha256(bytes), ...below];
}

function split(repository: string): readonly [host: string, path: string] {
  const slash = repository.indexOf('/');
  return [repository.slice(0, slash), repository.slice(slash + 1)];
}
