import { inParallel } from '../io/in-parallel.js';
import { fail, ok, type Result } from '../result.js';
import { type Arrival, copyBlob, type Route } from './copy-blob.js';
import { copyReferrers } from './copy-referrers.js';
import type { RegistryError } from './error.js';
import { type Descriptor, isIndexType, type Manifest } from './manifest.js';

/**
 * Blobs that are on their way at the same time: enough to fill a line, and few enough to come in large pieces. With more
 * of them this program and the registry take more of a processor for the same bytes, and no less time.
 */
const PARALLEL = 3;

/** What a copy does as it goes. */
export interface CopyEvents {
  /** A blob has arrived, or was there. */
  onBlob(blob: Descriptor, arrival: Arrival): void;
  /** More bytes have gone from the one registry to the other. */
  onBytes(count: number): void;
  /** What refers to the image, or to a part of it, has arrived: a signature, an SBOM. */
  onReferrer(referrer: Descriptor): void;
}

/**
 * Copies an image from one repository to another, byte for byte: an index with all that it names (attestations, too), of
 * each manifest the config and the layers, then what refers to any of them; and only what is missing there. Run again
 * after it broke off, it goes on with what is still missing. It puts no tag of the image.
 * @returns once the destination gives the very bytes of the manifest back
 */
export async function copyImage(
  route: Route,
  image: Manifest,
  events: CopyEvents,
): Promise<Result<undefined, RegistryError>> {
  const copied = await copyTree(route, image, events);
  if (!copied.ok) return copied;
  const parts = await listParts(route, image);
  if (!parts.ok) return parts;
  const followed = await copyReferrers(route, parts.value, {
    copy: (referrer) => copyTree(route, referrer, events),
    onReferrer: events.onReferrer,
  });
  if (!followed.ok) return followed;
  // Read by its digest the bytes are checked against it.
  const arrived = await route.to.getManifest(image.digest);
  return arrived.ok ? ok(undefined) : arrived;
}

/** Copies a manifest with all that it names. The last thing written is the manifest itself, under its digest. */
async function copyTree(
  route: Route,
  image: Manifest,
  { onBlob, onBytes }: CopyEvents,
): Promise<Result<undefined, RegistryError>> {
  const missing = await findMissing(route, image);
  if (!missing.ok) return missing;
  const blobs = new Map<string, Descriptor>();
  for (const manifest of missing.value) {
    if (manifest.kind === 'index') continue;
    for (const blob of [manifest.config, ...manifest.layers]) blobs.set(blob.digest, blob);
  }
  const failure = await inParallel([...blobs.values()], PARALLEL, async (blob) => {
    const copied = await copyBlob(route, blob, onBytes);
    if (copied.ok) onBlob(blob, copied.value);
    return copied;
  });
  if (failure !== undefined) return fail(failure);
  for (const manifest of missing.value) {
    const put = await route.to.putManifest(manifest.digest, manifest);
    if (!put.ok) return put;
  }
  return ok(undefined);
}

/**
 * The manifests that the destination lacks, each after those that it names. A registry takes a manifest only when all
 * that it names is there, so what is below one that is there is not looked at.
 */
async function findMissing({ from, to }: Route, image: Manifest): Promise<Result<readonly Manifest[], RegistryError>> {
  const missing: Manifest[] = [];
  const seen = new Set<string>();
  const visit = async (digest: string, known?: Manifest): Promise<Result<undefined, RegistryError>> => {
    if (seen.has(digest)) return ok(undefined);
    seen.add(digest);
    const there = await to.headManifest(digest);
    if (!there.ok || there.value !== undefined) return there.ok ? ok(undefined) : there;
    const manifest = known === undefined ? await from.getManifest(digest) : ok(known);
    if (!manifest.ok) return manifest;
    const children = manifest.value.kind === 'index' ? manifest.value.manifests : [];
    for (const child of children) {
      const visited = await visit(child.digest);
      if (!visited.ok) return visited;
    }
    missing.push(manifest.value);
    return ok(undefined);
  };
  const visited = await visit(image.digest, image);
  return visited.ok ? ok(missing) : visited;
}

/** The digests of a manifest and of every manifest that it names, also by an index within the index. */
async function listParts({ from }: Route, image: Manifest): Promise<Result<readonly string[], RegistryError>> {
  const parts = new Set<string>();
  const visit = async (manifest: Manifest): Promise<Result<undefined, RegistryError>> => {
    parts.add(manifest.digest);
    for (const child of manifest.kind === 'index' ? manifest.manifests : []) {
      if (parts.has(child.digest)) continue;
      parts.add(child.digest);
      if (!isIndexType(child.mediaType)) continue;
      const inner = await from.getManifest(child.digest);
      if (!inner.ok) return inner;
      const visited = await visit(inner.value);
      if (!visited.ok) return visited;
    }
    return ok(undefined);
  };
  const visited = await visit(image);
  return visited.ok ? ok([...parts]) : visited;
}
