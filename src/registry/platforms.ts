import { parseJson } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { RegistryError } from './error.js';
import { isSamePlatform, type Manifest, type PlatformManifest, readPlatform } from './manifest.js';
import type { RegistryRepository } from './registry.js';

/** The platform that an image is of by its config blob, `os/architecture[/variant]`. */
export async function readImagePlatform(
  registry: RegistryRepository,
  manifest: Manifest & { readonly kind: 'manifest' },
): Promise<Result<string, RegistryError>> {
  const config = await registry.getBlob(manifest.config.digest);
  if (!config.ok) return config;
  const platform = readPlatform(parseJson(Buffer.from(config.value).toString('utf8')));
  if (platform !== undefined) return ok(platform);
  const message = 'its config does not say what platform it is of';
  return fail({ kind: 'invalid', repository: registry.repository, reference: manifest.digest, message });
}

/**
 * The platforms of an image, sorted: of an index by its entries (attestations, which are of no platform, left out), of a
 * single manifest by its config.
 */
export async function readPlatforms(
  registry: RegistryRepository,
  manifest: Manifest,
): Promise<Result<readonly string[], RegistryError>> {
  if (manifest.kind === 'index') {
    const named = manifest.manifests.map(({ platform }) => platform).filter((one) => one !== undefined);
    return ok([...new Set(named.filter((one) => one !== 'unknown/unknown'))].sort());
  }
  const platform = await readImagePlatform(registry, manifest);
  return platform.ok ? ok([platform.value]) : platform;
}

/**
 * The image of one platform: out of an index, or the manifest itself. Its config must say the same.
 * @returns undefined where there is none of that platform
 */
export async function findPlatform(
  registry: RegistryRepository,
  manifest: Manifest,
  platform: string,
): Promise<Result<PlatformManifest | undefined, RegistryError>> {
  let leaf = manifest;
  if (leaf.kind === 'index') {
    const entry = leaf.manifests.find((one) => one.platform !== undefined && isSamePlatform(one.platform, platform));
    if (entry === undefined) return ok(undefined);
    const got = await registry.getManifest(entry.digest);
    if (!got.ok) return got;
    leaf = got.value;
  }
  if (leaf.kind === 'index') return ok(undefined);
  const found = await readImagePlatform(registry, leaf);
  if (!found.ok) return found;
  return ok(isSamePlatform(found.value, platform) ? { platform, manifest: leaf } : undefined);
}
