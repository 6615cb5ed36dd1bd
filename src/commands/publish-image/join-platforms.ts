import type { Io } from '../../io/io.js';
import { findAttestations } from '../../registry/attestations.js';
import { type Manifest, makeIndex, type PlatformManifest } from '../../registry/manifest.js';
import { findPlatform } from '../../registry/platforms.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import type { PlatformRecord } from '../platform-record.js';
import { registryFailure } from '../registry-failure.js';

/**
 * The image of a commit, out of what was built for each platform: an index over them and their attestations; for one
 * platform what was built, as it is. Each must be in the registry, and be of its platform.
 * @param records one at least
 */
export async function joinPlatforms(
  records: readonly PlatformRecord[],
  opened: OpenedRepository,
  io: Io,
): Promise<Result<Manifest, Failure>> {
  const images: PlatformManifest[] = [];
  for (const record of records) {
    const pushed = await opened.registry.getManifest(record.attested ?? record.digest);
    if (!pushed.ok) return fail(registryFailure(pushed.error));
    const image = await takePlatform(record, pushed.value, opened);
    if (!image.ok) return image;
    images.push(image.value);
    const about = image.value.attestations.length === 0 ? '' : ', with attestations';
    io.stdout.write(`${record.platform}: ${opened.name}@${image.value.manifest.digest}${about}\n`);
    if (records.length === 1) return pushed;
  }
  return ok(makeIndex(images));
}

async function takePlatform(
  { platform, digest }: PlatformRecord,
  pushed: Manifest,
  { registry, name }: OpenedRepository,
): Promise<Result<PlatformManifest & Required<Pick<PlatformManifest, 'attestations'>>, Failure>> {
  const next = `Run the build_image job of ${platform} again.`;
  const image = await findPlatform(registry, pushed, platform);
  if (!image.ok) return fail(registryFailure(image.error));
  if (image.value === undefined) {
    return fail({ code: 1, cause: `${name}@${digest} was built as ${platform}, but is not of that platform`, next });
  }
  const { manifest } = image.value;
  if (manifest.digest !== digest) {
    const cause = `${name}@${pushed.digest} holds ${manifest.digest} for ${platform}, but ${digest} was built`;
    return fail({ code: 1, cause, next });
  }
  const attestations = findAttestations(pushed, digest);
  for (const attestation of attestations) {
    const there = await registry.headManifest(attestation.digest);
    if (!there.ok) return fail(registryFailure(there.error));
    if (there.value !== undefined) continue;
    const cause = `the attestation ${attestation.digest} of ${platform} is not in ${name}`;
    return fail({ code: 1, cause, next });
  }
  return ok({ platform, manifest, attestations });
}
