import type { Io } from '../../io/io.js';
import { isSamePlatform, type Manifest } from '../../registry/manifest.js';
import { findMissingPlatforms, readPlatforms } from '../../registry/platforms.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Options, Run } from '../command.js';
import { type OpenedRepository, openRepository, readPlatformsOption } from '../open-repository.js';
import { registryFailure } from '../registry-failure.js';
import { writeRelease } from '../release-record.js';
import type { parameters } from './declaration.js';
import { joinPlatforms } from './join-platforms.js';
import { describePointers, movePointers } from './move-pointers.js';
import { type Pointers, readPointers } from './pointers.js';
import { type ReadRecords, readRecords } from './records.js';

type PublishOptions = Options<typeof parameters>;

export const run: Run<typeof parameters> = async (options, io) => {
  const platforms = readPlatformsOption(options.platforms);
  if (!platforms.ok) return platforms;
  if (platforms.value.length === 0) return fail({ code: 2, cause: '--platforms is empty: expected one at least' });
  const pointers = readPointers(options.pointers, io.env);
  if (!pointers.ok) return pointers;
  const opened = await openRepository(options, io);
  if (!opened.ok) return opened;
  const job: PublishJob = { options, platforms: platforms.value, pointers: pointers.value, opened: opened.value, io };
  const records = await readRecords(job);

  const published = await opened.value.registry.findManifest(options.commit);
  if (!published.ok) return fail(registryFailure(published.error));
  if (published.value !== undefined) {
    io.stdout.write(`Commit ${options.commit} is published already.\n`);
    return conclude(job, published.value, records.ok ? records.value.found : []);
  }
  if (!records.ok) return records;
  return publish(job, records.value);
};

interface PublishJob {
  readonly options: PublishOptions;
  readonly platforms: readonly string[];
  readonly pointers: Pointers;
  readonly opened: OpenedRepository;
  readonly io: Io;
}

/** Milliseconds in which a write arrives that was begun before ours was there. */
const SETTLE = 1000;

async function publish(job: PublishJob, records: ReadRecords): Promise<Result<Done, Failure>> {
  const { options, opened, io } = job;
  const { registry, name } = opened;
  if (records.missing !== undefined) return fail(records.missing);
  const joined = await joinPlatforms(records.found, opened, io);
  if (!joined.ok) return joined;
  const ours = joined.value;
  if (options.dry_run) {
    io.stdout.write(`Would push ${ours.digest} and put the tag ${options.commit} on it.\n`);
    sayPointers(job);
    return ok({ summary: `would publish ${name}:${options.commit} as ${ours.digest}` });
  }
  if (records.found.length > 1) {
    const put = await registry.putManifest(ours.digest, ours);
    if (!put.ok) return fail(registryFailure(put.error));
  }
  // Few registries refuse to move a tag, and none does it by a header: a last look keeps the time for a race short.
  const raced = await registry.findManifest(options.commit);
  if (!raced.ok) return fail(registryFailure(raced.error));
  const tagged = raced.value === undefined ? await registry.putManifest(options.commit, ours) : ok(undefined);
  // A tag that somebody else put there in the meantime is looked at below, as any other.
  if (!tagged.ok && tagged.error.kind !== 'immutable-tag') return fail(registryFailure(tagged.error));
  // Where tags can be moved, a pipeline that looked at the same moment writes over it: what is said must outlast that.
  if (tagged.ok && raced.value === undefined) await io.clock.sleep(SETTLE, io.signal);
  const published = await registry.getManifest(options.commit);
  if (!published.ok) return fail(registryFailure(published.error));
  if (published.value.digest !== ours.digest) {
    const both = `this one built ${ours.digest}, published is ${published.value.digest}`;
    if (options.strict) return fail(notOurs(both));
    io.stdout.write(
      `Another pipeline of this commit was faster: ${both}. The published one is the image of the commit; what was built here is not used.\n`,
    );
  }
  return conclude(job, published.value, []);
}

/** The failure of --strict. */
function notOurs(both: string): Failure {
  return {
    code: 1,
    cause: `another pipeline of this commit has published another image: ${both}`,
    next: 'What is published is the image of the commit, and its tag never moves. Without --strict this job goes on with it.',
  };
}

function sayPointers({ pointers, io }: PublishJob): void {
  const text = describePointers(pointers);
  if (text !== undefined) io.stdout.write(text);
}

/** Says what is published, and where it differs from what this pipeline built, and writes the release record. */
async function conclude(
  job: PublishJob,
  published: Manifest,
  built: readonly { readonly platform: string; readonly digest: string }[],
): Promise<Result<Done, Failure>> {
  const { options, platforms, opened, io } = job;
  const found = await readPlatforms(opened.registry, published);
  if (!found.ok) return fail(registryFailure(found.error));
  const missing = await findMissingPlatforms(opened.registry, published, platforms);
  if (!missing.ok) return fail(registryFailure(missing.error));
  if (missing.value.length > 0) {
    return fail({
      code: 1,
      cause: `${opened.name}:${options.commit} (${published.digest}) is published for ${found.value.join(', ')} and lacks ${missing.value.join(', ')}`,
      next: 'The tag of a commit is never moved. Make a new commit to build for these platforms.',
    });
  }
  for (const { platform, digest } of built) {
    const entry =
      published.kind === 'manifest'
        ? published
        : published.manifests.find((one) => one.platform !== undefined && isSamePlatform(one.platform, platform));
    if (entry !== undefined && entry.digest !== digest) {
      const both = `for ${platform} this pipeline built ${digest}, but published is ${entry.digest}`;
      if (options.strict) return fail(notOurs(both));
      io.stdout.write(
        `Note: ${both}. What was published first is the image of the commit; what was built here is not used.\n`,
      );
    }
  }
  const image = { repository: opened.name, digest: published.digest, platforms: found.value };
  if (options.dry_run) sayPointers(job);
  else {
    await writeRelease(io, options.directory, { version: 1, commit: options.commit, images: [image] });
    const moved = await movePointers({ pointers: job.pointers, image: published, opened, io });
    if (!moved.ok) return moved;
  }
  return ok({
    summary: `commit ${options.commit} is published as ${opened.name}@${published.digest} (${found.value.join(', ')})`,
  });
}
