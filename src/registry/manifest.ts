import { createHash } from 'node:crypto';
import { isRecord, parseJsonBytes, stringAt } from '../json.js';
import { isDigest } from '../reference.js';
import { fail, ok, type Result } from '../result.js';

/**
 * Media types of manifests.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md
 */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** The Accept header for any manifest that this program understands. */
export const ACCEPT = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST].join(', ');

/** The OCI image spec lets a registry refuse manifests above this many bytes. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** The platform that BuildKit gives an attestation in an index, so that nobody runs it. */
export const NO_PLATFORM = 'unknown/unknown';

/** Whether a media type is that of an index, of OCI or of Docker. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

/** What an index, or a manifest about its config, says about another piece of content. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** `os/architecture[/variant]`, in an index. */
  readonly platform?: string;
  /** What it is, where it is not an image: in a list of referrers. */
  readonly artifactType?: string;
}

/** An entry of an index that says something about an image of the same index: provenance, SBOM. */
export interface Attestation extends Descriptor {
  readonly annotations: {
    readonly 'vnd.docker.reference.type': 'attestation-manifest';
    /** Digest of the image that it is about. */
    readonly 'vnd.docker.reference.digest': string;
  };
}

/** A manifest or an index, with the very bytes that its digest is of. */
export type Manifest = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: string;
} & (
  | { readonly kind: 'manifest'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }
);

/** The digest of bytes, by the algorithm of `like` (sha512 or sha256). */
export function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/**
 * Reads a manifest.
 * @param mediaType the Content-Type it came with; a `mediaType` inside that says otherwise is an error, so that no two
 * clients can take the same digest for two different things
 * @param digest the digest of `bytes`
 * @returns the manifest, or in words what is wrong with it
 */
export function readManifest(bytes: Uint8Array, mediaType: string, digest: string): Result<Manifest, string> {
  const value = parseJsonBytes(bytes);
  if (!isRecord(value)) {
    return fail(`expected a manifest in JSON, found ${bytes.byteLength} bytes of "${mediaType || 'no type'}"`);
  }
  const type = stringAt(value, 'mediaType') ?? mediaType;
  if (mediaType !== type) return fail(`it came as "${mediaType}" but says of itself that it is "${type}"`);
  if (type === OCI_MANIFEST || type === DOCKER_MANIFEST) {
    const config = readDescriptor(value['config']);
    if (config === undefined || 'manifests' in value) return fail('the manifest has no config, or a list of manifests');
    const layers = readDescriptors(value['layers']);
    if (layers === undefined) return fail('the manifest has a layer that cannot be read');
    return ok({ kind: 'manifest', bytes, mediaType: type, digest, config, layers });
  }
  if (isIndexType(type)) {
    const manifests = readDescriptors(value['manifests']);
    if (manifests === undefined || 'config' in value || 'layers' in value) {
      return fail('the index has an entry that cannot be read');
    }
    return ok({ kind: 'index', bytes, mediaType: type, digest, manifests });
  }
  return fail(`it is of the type "${type}", and not an image manifest or index of OCI or Docker`);
}

/** The descriptors of a list; undefined where it is none, or holds anything else. */
function readDescriptors(value: unknown): readonly Descriptor[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = value.map(readDescriptor);
  const good = read.filter((one) => one !== undefined);
  return good.length === read.length ? good : undefined;
}

function readDescriptor(value: unknown): Descriptor | undefined {
  const mediaType = stringAt(value, 'mediaType');
  const digest = stringAt(value, 'digest');
  const size = isRecord(value) ? value['size'] : undefined;
  if (mediaType === undefined || digest === undefined || !isDigest(digest) || typeof size !== 'number')
    return undefined;
  const platform = isRecord(value) ? readPlatform(value['platform']) : undefined;
  const artifactType = stringAt(value, 'artifactType');
  return {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

/** `os/architecture[/variant]` of a platform object, which is also the form of an image config. */
export function readPlatform(value: unknown): string | undefined {
  const os = stringAt(value, 'os');
  const architecture = stringAt(value, 'architecture');
  const variant = stringAt(value, 'variant');
  if (os === undefined || architecture === undefined) return undefined;
  return `${os}/${architecture}${variant === undefined ? '' : `/${variant}`}`;
}

/**
 * Whether an image of platform `found` is what `wanted` asks for, variant and all: plain arm64 means v8, arm v7, amd64 v1.
 * @see https://github.com/containerd/platforms (normalization)
 */
export function isSamePlatform(found: string, wanted: string): boolean {
  const [os, architecture, variant] = split(found);
  const [wantedOs, wantedArchitecture, wantedVariant] = split(wanted);
  return os === wantedOs && architecture === wantedArchitecture && variant === wantedVariant;
}

function split(platform: string): readonly [string, string, string] {
  const [os = '', architecture = '', variant = ''] = platform.split('/');
  if (architecture === 'arm64') return [os, architecture, variant === 'v8' ? '' : variant];
  if (architecture === 'arm') return [os, architecture, variant === '' ? 'v7' : variant];
  if (architecture === 'amd64') return [os, architecture, variant === 'v1' ? '' : variant];
  return [os, architecture, variant];
}

/** An image of one platform, for an index. */
export interface PlatformManifest {
  readonly platform: string;
  readonly manifest: Manifest;
  /** What is said about it in the index that it was pushed in. */
  readonly attestations?: readonly Attestation[];
}

/**
 * Makes the index over images in the order given, with their attestations after them, as BuildKit does: the same images give
 * the same bytes, and so the same digest. Docker's own list is made when every image is of Docker's type, as `docker buildx
 * imagetools create` does.
 */
export function makeIndex(images: readonly PlatformManifest[]): Manifest {
  const mediaType = images.every(({ manifest }) => manifest.mediaType === DOCKER_MANIFEST) ? DOCKER_LIST : OCI_INDEX;
  const manifests = [
    ...images.map(({ platform, manifest: { mediaType, digest, bytes } }) => {
      return { mediaType, digest, size: bytes.byteLength, platform };
    }),
    ...images.flatMap(({ attestations = [] }) => attestations.map((one) => ({ ...one, platform: NO_PLATFORM }))),
  ];
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    manifests: manifests.map(({ platform, ...descriptor }) => {
      const [os, architecture, variant] = platform.split('/');
      return { ...descriptor, platform: { architecture, os, ...(variant === undefined ? {} : { variant }) } };
    }),
  });
  const bytes = Buffer.from(text);
  return { kind: 'index', bytes, mediaType, digest: digestOf(bytes), manifests };
}
