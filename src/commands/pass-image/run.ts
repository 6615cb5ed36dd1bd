import { formatDigestReference, formatRepository, isTag, passedRecordTag, passedTag } from '../../reference.js';
import { describeRegistryError } from '../../registry/error.js';
import { fail, ok } from '../../result.js';
import type { Run } from '../command.js';
import { readKeptManifest } from '../kept-manifest.js';
import { openRepository } from '../open-repository.js';
import { makePassedRecord } from '../passed-record.js';
import { registryFailure } from '../registry-failure.js';
import { readImage } from '../release-record.js';
import type { parameters } from './declaration.js';

export const run: Run<typeof parameters> = async (options, io) => {
  const { commit, environment } = options;
  const tag = passedTag(environment, commit);
  if (environment === '' || !isTag(passedRecordTag(environment, commit))) {
    return fail({
      code: 2,
      cause: `--environment is ${JSON.stringify(environment)}: it cannot be the first part of a tag`,
      next: 'Letters, digits, "_", "-" and "."; not "." or "-" at the start.',
    });
  }
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const opened = await openRepository(options, io);
  if (!opened.ok) return opened;
  const { registry, name } = opened.value;
  const { digest } = image.value;
  const reference = formatDigestReference(opened.value.repository, digest);
  if (formatRepository(image.value.repository) !== name && image.value.from !== name) {
    return fail({ code: 2, cause: `the image ${image.value.reference} is not in the repository ${name}` });
  }

  const other = (found: string) =>
    fail({
      code: 1,
      cause: `${name}:${tag} is there already with another digest: it is ${found}, and not ${digest}`,
      next: `A tag is never moved. ${environment} has passed another image of this commit; deploy that one, or make a new commit.`,
    } as const);
  const [found, kept] = await Promise.all([
    registry.findManifest(tag),
    readKeptManifest(io, options.directory, digest),
  ]);
  if (!found.ok) return fail(registryFailure(found.error));
  if (found.value !== undefined) {
    if (found.value.digest !== digest) return other(found.value.digest);
    io.stdout.write(`${name}:${tag} is there already, with this digest.\n`);
    return ok({ summary: `${environment} had passed ${reference} before` });
  }
  const manifest = kept === undefined ? await registry.getManifest(digest) : ok(kept);
  if (!manifest.ok) return fail(registryFailure(manifest.error));
  if (options.dry_run) {
    io.stdout.write(`Would put the tag ${tag} on ${reference}.\n`);
    return ok({ summary: `would mark ${reference} as passed by ${environment}` });
  }
  // Both at once: whoever reads the record has looked at the tag before, so alone it says nothing.
  const [put, recorded] = await Promise.all([
    registry.putManifest(tag, manifest.value),
    registry.putManifest(passedRecordTag(environment, commit), makePassedRecord(manifest.value, io)),
  ]);
  if (!put.ok && put.error.kind !== 'immutable-tag') return fail(registryFailure(put.error));
  if (!put.ok) {
    // Two jobs can meet here; which digest the tag has is what counts.
    const written = await registry.getManifest(tag);
    if (!written.ok) return fail(registryFailure(written.error));
    if (written.value.digest !== digest) return other(written.value.digest);
  }
  io.stdout.write(`${name}:${tag} is on ${digest}.\n`);
  // A record that cannot be replaced is of a job that was stopped before it had put the tag. Without one the proof says less.
  if (!recorded.ok && recorded.error.kind !== 'immutable-tag') {
    const why = describeRegistryError(recorded.error);
    io.stdout.write(`Who has passed it, and when, is not recorded in ${name}: ${why}.\n`);
  }
  return ok({ summary: `${environment} has passed ${reference}` });
};
