import { fail, ok, type Result } from '../result.js';
import { type Arrival, copyBlob, type Route } from './copy-blob.js';
import type { RegistryError } from './error.js';
import type { Descriptor, Manifest } from './manifest.js';

/** Blobs that are on their way at the same time: enough to fill a line, and few enough for memory and for a registry. */
const PARALLEL = 4;

/** What a copy does as it goes. */
export interface CopyEvents {
  /** A blob has arrived, or was there. */
  onBlob(blob: Descriptor, arrival: Arrival): void;
  /** More bytes have gone from the one registry to the other. */
  onBytes(count: number): void;
}

/**
 * Copies an image from one repository to another, byte for byte: an index with all that it names (attestations, too), of
 * each manifest the config and the layers, and only what is missing there. Run again after it broke off, it goes on with
 * what is still missing. It puts no tag: the last thing written is the manifest itself, under its digest.
 * @returns once the destination gives the very bytes of the manifest back
 */
export async function copyImage(
  route: Route,
  image: Manifest,
  events: CopyEvents,
): Promise<Result<undefined, RegistryError>> {
  const missing = await findMissing(route, image);
  if (!missing.ok) return missing;
  const blobs = new Map<string, Descriptor>();
  for (const manifest of missing.value) {
    if (manifest.kind === 'index') continue;
    for (const blob of [manifest.config, ...manifest.layers]) blobs.set(blob.digest, blob);
  }
  const copied = await copyBlobs(route, [...blobs.values()], events);
  if (!copied.ok) return copied;
  for (const manifest of missing.value) {
    const put = await route.to.putManifest(manifest.digest, manifest);
    if (!put.ok) return put;
  }
  // Read by its digest the bytes are checked against it.
  const arrived = await route.to.getManifest(image.digest);
  return arrived.ok ? ok(undefined) : arrived;
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

/** Copies blobs, several at a time. After the first failure none is begun. */
async function copyBlobs(
  route: Route,
  blobs: readonly Descriptor[],
  { onBlob, onBytes }: CopyEvents,
): Promise<Result<undefined, RegistryError>> {
  const waiting = [...blobs];
  let failure: RegistryError | undefined;
  const work = async (): Promise<void> => {
    for (let blob = waiting.shift(); blob !== undefined && failure === undefined; blob = waiting.shift()) {
      const copied = await copyBlob(route, blob, onBytes);
      if (copied.ok) onBlob(blob, copied.value);
      else failure ??= copied.error;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return failure === undefined ? ok(undefined) : fail(failure);
}
