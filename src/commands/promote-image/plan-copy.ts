import { copyImage } from '../../registry/copy.js';
import { rehearse } from '../../registry/rehearsal.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { startProgress } from '../progress.js';
import { registryFailure } from '../registry-failure.js';
import { megabytes, type Promotion } from './promotion.js';

/**
 * Says what the destination has of the image and what it lacks, and writes nothing.
 * @returns what a copy would do, as a sentence
 */
export async function planCopy(promotion: Promotion): Promise<Result<string, Failure>> {
  const { source, destination, manifest, commit, io } = promotion;
  const { name } = destination;
  const progress = startProgress(io);
  const { registry, put } = rehearse(destination.registry);
  const missing: number[] = [];
  const copied = await copyImage({ from: source.registry, to: registry, io }, manifest, {
    onBlob: ({ digest, size }, arrival) => {
      if (arrival !== 'there') missing.push(size);
      progress.say(`${digest} (${megabytes(size)}) ${arrival === 'there' ? 'is there' : 'is missing'}.`);
    },
    onReferrer: () => {},
    onBytes: () => {},
  });
  if (!copied.ok) return fail(registryFailure(copied.error));
  for (const [reference, { mediaType }] of put) progress.say(`${reference} (${mediaType}) is missing.`);
  progress.say(`${name}:${commit} is missing.`);
  const bytes = missing.reduce((sum, size) => sum + size, 0);
  const what = `${put.size} manifests and ${missing.length} blobs (${megabytes(bytes)})`;
  return ok(`would copy ${what} to ${name}, and put the tag ${commit} on ${manifest.digest}`);
}
