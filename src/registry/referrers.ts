import { isRecord, parseJsonBytes, stringAt } from '../json.js';
import { fail, ok, type Result } from '../result.js';
import type { RegistryError } from './error.js';
import { type Descriptor, digestOf, type Manifest, OCI_INDEX, readManifest } from './manifest.js';
import type { RegistryRepository } from './registry.js';

/**
 * What says of itself that it is about a manifest: signatures, SBOMs, attestations. By the referrers API, or where the
 * registry has none by the tag that stands for it.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
 */
export async function findReferrers(
  registry: RegistryRepository,
  digest: string,
): Promise<Result<readonly Descriptor[], RegistryError>> {
  const listed = await registry.listReferrers(digest);
  if (!listed.ok) return listed;
  if (listed.value !== undefined) return ok(listed.value);
  const tagged = await registry.findManifest(referrersTag(digest));
  if (!tagged.ok) return tagged;
  return ok(tagged.value?.kind === 'index' ? tagged.value.manifests : []);
}

/**
 * Lets a registry know what refers to a manifest, after that was put there. A registry with the API knows by itself;
 * elsewhere the clients keep the list, under a tag.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-manifests-with-subject
 */
export async function announceReferrers(
  registry: RegistryRepository,
  digest: string,
  referrers: readonly Manifest[],
): Promise<Result<undefined, RegistryError>> {
  const listed = await registry.listReferrers(digest);
  if (!listed.ok) return listed;
  if (listed.value !== undefined && lacks(listed.value, referrers).length === 0) return ok(undefined);
  const tag = referrersTag(digest);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await registry.findManifest(tag);
    if (!before.ok) return before;
    const missing = lacks(before.value?.kind === 'index' ? before.value.manifests : [], referrers);
    if (missing.length === 0) return ok(undefined);
    const index = extend(before.value, missing);
    if (index === undefined) break;
    const put = await registry.moveTag(tag, index);
    if (!put.ok) return put;
  }
  const message = 'it is not the index of what refers to a manifest, or other clients keep writing it';
  return fail({ kind: 'invalid', repository: registry.repository, reference: tag, message });
}

/** Others may write the same tag at the same time: after each write it is looked at again. */
const ROUNDS = 5;

/**
 * The tag that stands for the list where the API is missing.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: string): string {
  const [algorithm = '', encoded = ''] = digest.split(':');
  return `${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`;
}

function lacks(there: readonly Descriptor[], wanted: readonly Manifest[]): readonly Manifest[] {
  return wanted.filter(({ digest }) => !there.some((one) => one.digest === digest));
}

/** The index with more entries; undefined where what is there is none. What other clients wrote stays as it is. */
function extend(before: Manifest | undefined, more: readonly Manifest[]): Manifest | undefined {
  const value = before === undefined ? undefined : parseJsonBytes(before.bytes);
  const entries = isRecord(value) ? value['manifests'] : [];
  if (!Array.isArray(entries)) return undefined;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    ...(isRecord(value) ? value : {}),
    manifests: [...entries, ...more.map(describe)],
  });
  const bytes = Buffer.from(text);
  const index = readManifest(bytes, OCI_INDEX, digestOf(bytes));
  return index.ok ? index.value : undefined;
}

/** The entry of a manifest in such a list: with its type, and with its annotations. */
function describe({ bytes, mediaType, digest }: Manifest): object {
  const value = parseJsonBytes(bytes);
  const config = isRecord(value) ? value['config'] : undefined;
  const artifactType = stringAt(value, 'artifactType') ?? stringAt(config, 'mediaType');
  const annotations = isRecord(value) ? value['annotations'] : undefined;
  return {
    mediaType,
    digest,
    size: bytes.byteLength,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
