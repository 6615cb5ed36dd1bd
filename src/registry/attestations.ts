import { isRecord, parseJsonBytes, stringAt } from '../json.js';
import type { Attestation, Manifest } from './manifest.js';

/**
 * The attestations that BuildKit put into an index about an image of it.
 * @param image digest of the image's manifest
 * @see https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export function findAttestations(index: Manifest, image: string): readonly Attestation[] {
  if (index.kind !== 'index') return [];
  const value = parseJsonBytes(index.bytes);
  const entries: readonly unknown[] = isRecord(value) && Array.isArray(value['manifests']) ? value['manifests'] : [];
  return index.manifests.flatMap(({ mediaType, digest, size }, at) => {
    const entry = entries[at];
    const annotations = isRecord(entry) ? entry['annotations'] : undefined;
    if (stringAt(annotations, 'vnd.docker.reference.type') !== 'attestation-manifest') return [];
    if (stringAt(annotations, 'vnd.docker.reference.digest') !== image) return [];
    const kept = {
      'vnd.docker.reference.digest': image,
      'vnd.docker.reference.type': 'attestation-manifest',
    } as const;
    return [{ mediaType, digest, size, annotations: kept }];
  });
}
