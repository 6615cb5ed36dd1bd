import { plainText } from '../../io/plain-text.js';
import { copyImage } from '../../registry/copy.js';
import type { Arrival } from '../../registry/copy-blob.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { startProgress } from '../progress.js';
import { registryFailure } from '../registry-failure.js';
import { megabytes, otherTag, type Promotion } from './promotion.js';

const ARRIVED: Readonly<Record<Arrival, string>> = {
  there: 'is there',
  mounted: 'was taken over inside of the registry',
  copied: 'was copied',
};

/** Copies what is missing, and puts the tag of the commit on it, once. */
export async function copyTo(promotion: Promotion): Promise<Result<undefined, Failure>> {
  const { source, destination, manifest, commit, io } = promotion;
  const { registry, name } = destination;
  const progress = startProgress(io);
  progress.say(`Copying ${source.name}@${manifest.digest} to ${name}.`);
  let bytes = 0;
  const copied = await copyImage({ from: source.registry, to: registry, io }, manifest, {
    onBlob: ({ digest, size }, arrival) => progress.say(`${digest} (${megabytes(size)}) ${ARRIVED[arrival]}.`),
    onReferrer: ({ digest, artifactType = 'of no stated type' }) =>
      progress.say(`${digest} (${plainText(artifactType)}) refers to it, and is there, too.`),
    onBytes: (count) => {
      bytes += count;
      progress.heartbeat(() => `${megabytes(bytes)} have gone to ${name}`);
    },
  });
  if (!copied.ok) return fail(registryFailure(copied.error));
  const put = await registry.putManifest(commit, manifest);
  // Two jobs can meet here; which digest the tag has is what counts.
  if (!put.ok && put.error.kind !== 'immutable-tag') return fail(registryFailure(put.error));
  const written = await registry.getManifest(commit);
  if (!written.ok) return fail(registryFailure(written.error));
  if (written.value.digest !== manifest.digest) return fail(otherTag(promotion, written.value.digest));
  progress.say(`${name}:${commit} is on ${manifest.digest}.`);
  return ok(undefined);
}
