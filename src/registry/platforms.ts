import { parseJsonBytes } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { RegistryError } from './error.js';
import {
  isIndexType,
  isSamePlatform,
  type Manifest,
  NO_PLATFORM,
  type PlatformManifest,
  readPlatform,
} from './manifest.js';
import type { RegistryRepository } from './registry.js';

/** The platform that an image is of by its config blob, `os/architecture[/variant]`. */
export async function readImagePlatform(
  registry: RegistryRepository,
  manifest: Manifest & { readonly kind: 'manifest' },
): Promise<Result<string, RegistryError>> {
  const config = await registry.getBlob(manifest.config.digest);
  if (!config.ok) return config;
  const platform = readPlatform(parseJsonBytes(config.value));
  if (platform !== undefined) return ok(platform);
  const message = 'its config does not say what platform it is of';
  return fail({ kind: 'invalid', repository: registry.repository, reference: manifest.digest, message });
}

/**
 * The platforms of an image, sorted: of an index by its entries (attestations, which are of no platform, left out) and by
 * those of indexes within it, of a single manifest by its config.
 */
export async function readPlatforms(
  registry: RegistryRepository,
  manifest: Manifest,
  depth = 0,
): Promise<Result<readonly string[], RegistryError>> {
  if (manifest.kind === 'index') {
    const named = new Set(manifest.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform])));
    named.delete(NO_PLATFORM);
    const inner = await eachInner(registry, manifest, depth, async (index) => {
      const platforms = await readPlatforms(registry, index, depth + 1);
      if (platforms.ok) for (const one of platforms.value) named.add(one);
      return platforms.ok ? ok(undefined) : platforms;
    });
    return inner.ok ? ok([...named].sort()) : inner;
  }
  const platform = await readImagePlatform(registry, manifest);
  return platform.ok ? ok([platform.value]) : platform;
}

/**
 * The image of one platform: out of an index, out of an index within it, or the manifest itself. Its config must say the
 * same.
 * @returns undefined where there is none of that platform
 */
export async function findPlatform(
  registry: RegistryRepository,
  manifest: Manifest,
  platform: string,
  depth = 0,
): Promise<Result<PlatformManifest | undefined, RegistryError>> {
  if (manifest.kind === 'manifest') {
    const found = await readImagePlatform(registry, manifest);
    if (!found.ok) return found;
    return ok(isSamePlatform(found.value, platform) ? { platform, manifest } : undefined);
  }
  const entry = manifest.manifests.find((one) => one.platform !== undefined && isSamePlatform(one.platform, platform));
  if (entry !== undefined && depth < DEEPEST) {
    const got = await registry.getManifest(entry.digest);
    return got.ok ? findPlatform(registry, got.value, platform, depth + 1) : got;
  }
  return eachInner(registry, manifest, depth, (index) => findPlatform(registry, index, platform, depth + 1));
}

/** Which platforms an image lacks. What an index says of its entries is a word; the config of each image is the truth. */
export async function findMissingPlatforms(
  registry: RegistryRepository,
  manifest: Manifest,
  wanted: readonly string[],
): Promise<Result<readonly string[], RegistryError>> {
  const missing: string[] = [];
  for (const platform of wanted) {
    const found = await findPlatform(registry, manifest, platform);
    if (!found.ok) return found;
    if (found.value === undefined) missing.push(platform);
  }
  return ok(missing);
}

/** Indexes within indexes that are followed. More than one is rare, and none has a reason to be this deep. */
const DEEPEST = 4;

/** Reads the indexes that an index names without a platform, until `visit` has found something. */
async function eachInner<T>(
  registry: RegistryRepository,
  index: Manifest & { readonly kind: 'index' },
  depth: number,
  visit: (inner: Manifest) => Promise<Result<T | undefined, RegistryError>>,
): Promise<Result<T | undefined, RegistryError>> {
  for (const { mediaType, platform, digest } of index.manifests) {
    if (platform !== undefined || !isIndexType(mediaType) || depth >= DEEPEST) continue;
    const inner = await registry.getManifest(digest);
    if (!inner.ok) return inner;
    const found = await visit(inner.value);
    if (!found.ok || found.value !== undefined) return found;
  }
  return ok(undefined);
}
