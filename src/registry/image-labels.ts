import { isRecord, parseJsonBytes, stringAt } from '../json.js';
import { ok, type Result } from '../result.js';
import type { RegistryError } from './error.js';
import { type Manifest, NO_PLATFORM } from './manifest.js';
import type { RegistryRepository } from './registry.js';

/**
 * What an image says of its origin.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
 */
export interface ImageLabels {
  /** Full SHA of the commit, where the label `org.opencontainers.image.revision` is one. */
  readonly revision?: string;
  /** RFC 3339, from the label `org.opencontainers.image.created`; without it, the `created` of the config. */
  readonly created?: string;
}

/** Reads the labels of an image; of an index, those of its first image, since all of them are of one commit. */
export async function readLabels(
  registry: RegistryRepository,
  manifest: Manifest,
): Promise<Result<ImageLabels, RegistryError>> {
  let leaf = manifest;
  if (leaf.kind === 'index') {
    const first = leaf.manifests.find(({ platform }) => platform !== undefined && platform !== NO_PLATFORM);
    if (first === undefined) return ok({});
    const got = await registry.getManifest(first.digest);
    if (!got.ok) return got;
    leaf = got.value;
  }
  if (leaf.kind === 'index') return ok({});
  const blob = await registry.getBlob(leaf.config.digest);
  if (!blob.ok) return blob;
  const image = parseJsonBytes(blob.value);
  const config = isRecord(image) ? image['config'] : undefined;
  const labels = isRecord(config) ? config['Labels'] : undefined;
  const revision = stringAt(labels, 'org.opencontainers.image.revision');
  const created = stringAt(labels, 'org.opencontainers.image.created') ?? stringAt(image, 'created');
  return ok({
    ...(revision !== undefined && /^[0-9a-f]{40}$/.test(revision) ? { revision } : {}),
    ...(created !== undefined && !Number.isNaN(Date.parse(created)) ? { created } : {}),
  });
}
