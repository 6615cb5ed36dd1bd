import type { Io } from '../../io/io.js';
import { formatRepository, parseEcrHost } from '../../reference.js';
import { readPlatforms } from '../../registry/platforms.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Options, Run } from '../command.js';
import { parseDuration } from '../duration.js';
import { type OpenedRepository, open, openRepository, readRepository } from '../open-repository.js';
import { registryFailure } from '../registry-failure.js';
import { chooseLogin } from '../registry-login.js';
import { type PinnedImage, readImage, writeRelease } from '../release-record.js';
import { copyTo } from './copy-to.js';
import type { parameters } from './declaration.js';
import { planCopy } from './plan-copy.js';
import { otherTag, type Promotion } from './promotion.js';
import { awaitReplica, planReplica } from './replication.js';

type PromoteOptions = Options<typeof parameters>;

export const run: Run<typeof parameters> = async (options, io) => {
  const { commit, by } = options;
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) return fail({ code: 2, cause: `--timeout ${timeout.error}` });
  const image = await readImage(io, options);
  if (!image.ok) return image;
  const source = await openRepository(options, io);
  if (!source.ok) return source;
  const destination = await openDestination(options, io);
  if (!destination.ok) return destination;
  const mistake = findMistake(image.value, source.value, destination.value, by);
  if (mistake !== undefined) return fail({ code: 2, cause: mistake });

  const { digest } = image.value;
  const manifest = await source.value.registry.getManifest(digest);
  if (!manifest.ok) return fail(registryFailure(manifest.error));
  const { registry, name } = destination.value;
  const tagged = await registry.headManifest(commit);
  if (!tagged.ok) return fail(registryFailure(tagged.error));
  const promotion = { source: source.value, destination: destination.value, manifest: manifest.value, commit, io };
  if (tagged.value !== undefined && tagged.value !== digest) return fail(otherTag(promotion, tagged.value));
  if (tagged.value === digest) io.stdout.write(`${name}:${commit} is there already, with this digest.\n`);
  if (options.dry_run) {
    const planned =
      by === 'replication'
        ? await planReplica(promotion)
        : tagged.value === undefined
          ? await planCopy(promotion)
          : ok(`would change nothing: ${name} has ${digest}`);
    return planned.ok ? ok({ summary: planned.value }) : planned;
  }
  const there =
    by === 'replication'
      ? await awaitReplica(promotion, timeout.value)
      : tagged.value === undefined
        ? await copyTo(promotion)
        : ok(undefined);
  return there.ok ? conclude(promotion, image.value, options.directory) : there;
};

async function openDestination(options: PromoteOptions, io: Io): Promise<Result<OpenedRepository, Failure>> {
  const repository = readRepository(options.destination, '--destination');
  if (!repository.ok) return repository;
  const login = {
    role: options.destination_role,
    username: options.destination_username,
    password: options.destination_password,
    workload_identity_provider: options.destination_workload_identity_provider,
    service_account: options.destination_service_account,
  };
  return open(repository.value, await chooseLogin(repository.value.host, login, io, 'destination-'), io);
}

function findMistake(
  image: PinnedImage,
  source: OpenedRepository,
  destination: OpenedRepository,
  by: string,
): string | undefined {
  if (formatRepository(image.repository) !== source.name && image.from !== source.name) {
    return `the image ${image.reference} is not in the repository ${source.name}`;
  }
  if (source.name === destination.name) return `the image is to be promoted to ${destination.name}, where it is`;
  if (by !== 'replication') return undefined;
  const both =
    parseEcrHost(source.repository.host) !== undefined && parseEcrHost(destination.repository.host) !== undefined;
  if (both && source.repository.path === destination.repository.path) return undefined;
  return `ECR does not replicate ${source.name} to ${destination.name}: both must be of ECR, in repositories of the same name`;
}

/** Writes the record anew: the steps that follow deploy from the destination. What was found out about the image stays. */
async function conclude(
  promotion: Promotion,
  { created, replaces }: PinnedImage,
  directory: string,
): Promise<Result<Done, Failure>> {
  const { source, destination, manifest, commit, io } = promotion;
  const platforms = await readPlatforms(source.registry, manifest);
  if (!platforms.ok) return fail(registryFailure(platforms.error));
  const { digest } = manifest;
  const image = {
    repository: destination.name,
    digest,
    platforms: platforms.value,
    from: source.name,
    ...(created === undefined ? {} : { created }),
    ...(replaces === undefined ? {} : { replaces }),
  };
  await writeRelease(io, directory, { version: 1, commit, images: [image] });
  return ok({ summary: `${destination.name}@${digest} is the image of commit ${commit}, as ${source.name} has it` });
}
