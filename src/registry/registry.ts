import type { Io } from '../io/io.js';
import { isDigest, isTag, type Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import { apiUrl } from './address.js';
import { type BlobStore, createBlobStore } from './blobs.js';
import type { RegistryCredentials } from './credentials.js';
import { cleanText, type RegistryError } from './error.js';
import { createLists, type Lists } from './lists.js';
import { ACCEPT, digestOf, MANIFEST_LIMIT, type Manifest, readManifest } from './manifest.js';
import { type Asked, isDigestRefusal, isHtml, readRefusal, WEB_PAGE } from './refusal.js';
import { type Answer, createTransport } from './transport.js';

/**
 * One repository of a registry, over the OCI distribution API. Every `reference` is a tag or a digest.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export interface RegistryRepository extends BlobStore, Lists {
  readonly repository: Repository;
  /** The digest under a tag or digest as the registry states it (not verified), or undefined where there is none. */
  headManifest(reference: string): Promise<Result<string | undefined, RegistryError>>;
  /** The manifest or index itself, whose bytes were checked against its digest. */
  getManifest(reference: string): Promise<Result<Manifest, RegistryError>>;
  /** The same, with undefined where the tag, the digest or the whole repository is not there. */
  findManifest(reference: string): Promise<Result<Manifest | undefined, RegistryError>>;
  /**
   * Writes the very bytes of a manifest under a tag or its digest. After a fault it is sent again only when a look shows
   * that nothing is there yet; a tag that then has another digest is an `immutable-tag` error: no tag is moved here.
   */
  putManifest(reference: string, manifest: Manifest): Promise<Result<undefined, RegistryError>>;
  /** Puts a tag on a manifest, wherever it was before. Only for pointers: what is deployed has a tag that never moves. */
  moveTag(tag: string, manifest: Manifest): Promise<Result<undefined, RegistryError>>;
  /** A small blob, such as an image config, whose bytes were checked against its digest. */
  getBlob(digest: string): Promise<Result<Uint8Array, RegistryError>>;
}

export function openRegistry(options: {
  readonly repository: Repository;
  readonly credentials: RegistryCredentials;
  readonly io: Io;
}): RegistryRepository {
  const { repository, credentials } = options;
  const base = `${apiUrl(repository.host)}/v2/${repository.path}`;
  const transport = createTransport(options);
  const { send } = transport;
  const parts = { repository, base, transport, anonymous: credentials.kind === 'anonymous' };
  const invalid = (reference: string, message: string) =>
    fail({ kind: 'invalid', repository, reference, message: cleanText(message) } as const);
  const refused = (answer: Answer, asked: Pick<Asked, 'reference' | 'what' | 'action'>) =>
    fail(readRefusal(answer, { ...asked, ...parts }));

  const headManifest: RegistryRepository['headManifest'] = async (reference) => {
    const url = `${base}/manifests/${checked(reference)}`;
    const sent = await send({ method: 'HEAD', url, headers: { accept: ACCEPT }, reference, limit: MANIFEST_LIMIT });
    if (!sent.ok) return sent;
    if (sent.value.status === 404) return ok(undefined);
    if (sent.value.status !== 200) return refused(sent.value, { reference, what: 'manifest', action: 'pull' });
    if (isHtml(sent.value)) return invalid(reference, WEB_PAGE);
    const digest = isDigest(reference) ? reference : sent.value.headers['docker-content-digest'];
    if (digest !== undefined && isDigest(digest)) return ok(digest);
    const found = await findManifest(reference); // The header is optional in the spec.
    return found.ok ? ok(found.value?.digest) : found;
  };

  const getManifest: RegistryRepository['getManifest'] = async (reference) => {
    const url = `${base}/manifests/${checked(reference)}`;
    const sent = await send({ method: 'GET', url, headers: { accept: ACCEPT }, reference, limit: MANIFEST_LIMIT });
    if (!sent.ok) return sent;
    const { status, headers, bytes } = sent.value;
    if (status !== 200) return refused(sent.value, { reference, what: 'manifest', action: 'pull' });
    if (isHtml(sent.value)) return invalid(reference, WEB_PAGE);
    const expected = isDigest(reference) ? reference : headers['docker-content-digest'];
    const digest = digestOf(bytes, expected);
    if (expected !== undefined && digest !== expected) {
      return invalid(reference, `its bytes have the digest ${digest}, and not ${expected}`);
    }
    const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
    const manifest = readManifest(bytes, mediaType, digest);
    return manifest.ok ? manifest : invalid(reference, manifest.error);
  };

  const findManifest: RegistryRepository['findManifest'] = async (reference) => {
    const got = await getManifest(reference);
    return !got.ok && got.error.kind === 'not-found' ? ok(undefined) : got;
  };

  const put = async (
    reference: string,
    manifest: Manifest,
    move: boolean,
  ): Promise<Result<undefined, RegistryError>> => {
    let taken: string | undefined;
    const recover = async (): Promise<Answer | undefined> => {
      const found = await headManifest(reference);
      if (!found.ok || found.value === undefined) return undefined;
      if (found.value !== manifest.digest && move) return undefined;
      if (found.value !== manifest.digest) taken = found.value;
      return { status: 201, headers: { 'docker-content-digest': found.value }, bytes: new Uint8Array() };
    };
    const sent = await send({
      method: 'PUT',
      url: `${base}/manifests/${checked(reference)}`,
      headers: { 'content-type': manifest.mediaType },
      body: manifest.bytes,
      reference,
      limit: MANIFEST_LIMIT,
      isTransient: isDigestRefusal,
      recover,
    });
    if (!sent.ok) return sent;
    const isTaken = (by: string) =>
      fail({ kind: 'immutable-tag', repository, tag: reference, message: `it has the digest ${by}` } as const);
    if (taken !== undefined) return isTaken(taken);
    const { status, headers } = sent.value;
    if (status !== 201 && status !== 200) return refused(sent.value, { reference, what: 'manifest', action: 'push' });
    const stated = headers['docker-content-digest'];
    if (stated !== undefined && stated !== manifest.digest) {
      return invalid(reference, `${manifest.digest} was sent, and the registry says that it has stored ${stated}`);
    }
    if (stated !== undefined || move || isDigest(reference)) return ok(undefined);
    const found = await headManifest(reference); // The header is optional here, too.
    if (!found.ok || found.value === manifest.digest) return found.ok ? ok(undefined) : found;
    return found.value === undefined
      ? invalid(reference, `${manifest.digest} was sent, and is not there`)
      : isTaken(found.value);
  };

  const getBlob: RegistryRepository['getBlob'] = async (digest) => {
    const url = `${base}/blobs/${checked(digest)}`;
    const sent = await send({ method: 'GET', url, reference: digest, limit: MANIFEST_LIMIT });
    if (!sent.ok) return sent;
    if (sent.value.status !== 200) return refused(sent.value, { reference: digest, what: 'blob', action: 'pull' });
    const found = digestOf(sent.value.bytes, digest);
    return found === digest ? ok(sent.value.bytes) : invalid(digest, `its bytes have the digest ${found}`);
  };

  return {
    ...createBlobStore(parts),
    ...createLists(parts),
    repository,
    headManifest,
    getManifest,
    findManifest,
    putManifest: (reference, manifest) => put(reference, manifest, false),
    moveTag: (tag, manifest) => put(tag, manifest, true),
    getBlob,
  };
}

/** Callers check what people give; this is the last wall before a name becomes a part of a URL. */
function checked(reference: string): string {
  if (!isTag(reference) && !isDigest(reference)) throw new Error(`not a tag or digest: ${reference}`);
  return reference;
}
