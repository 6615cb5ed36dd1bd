import type { Io } from '../../io/io.js';
import { isSamePlatform, type Manifest } from '../../registry/manifest.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Options, Run } from '../command.js';
import { type OpenedRepository, openRepository, readPlatformOption } from '../open-repository.js';
import { platformName, writePlatformRecord } from '../platform-record.js';
import { registryFailure } from '../registry-failure.js';
import { cacheTag } from '../reserved-tags.js';
import { buildAndPush, describeBuild, type Order } from './build-and-push.js';
import { chooseBuilder } from './builder.js';
import type { parameters } from './declaration.js';
import { parseAttestations, parseBuildArguments, parseSecrets } from './inputs.js';
import { readImageLabels } from './labels.js';
import { refusePlain } from './plain-docker.js';

type BuildOptions = Options<typeof parameters>;

export const run: Run<typeof parameters> = async (options, io) => {
  const platform = readPlatformOption(options.platform, '--platform');
  if (!platform.ok) return platform;
  const args = parseBuildArguments(options.args);
  if (!args.ok) return args;
  const attestations = parseAttestations(options.attestations);
  if (!attestations.ok) return attestations;
  const opened = await openRepository(options, io);
  if (!opened.ok) return opened;
  const { registry, name } = opened.value;

  const published = await registry.findManifest(options.commit);
  if (!published.ok) return fail(registryFailure(published.error));
  if (published.value !== undefined) return takePublished(options, opened.value, published.value, io);

  const secrets = parseSecrets(options.secrets, io.env);
  if (!secrets.ok) return secrets;
  const chosen = await chooseBuilder(io, options);
  if (!chosen.ok) return chosen;
  const builder = chosen.value;
  const given = { args: args.value, secrets: secrets.value, attestations: attestations.value };
  const refused = builder.kind === 'plain' ? refusePlain(given) : undefined;
  if (refused !== undefined) return fail(refused);
  // The tag names the platform, so it is never taken for a release.
  const tag = `${options.commit}-${platformName(options.platform)}`;
  if (builder.kind === 'plain' || builder.byDigest !== 'yes') {
    const earlier = await registry.findManifest(tag);
    if (!earlier.ok) return fail(registryFailure(earlier.error));
    if (earlier.value !== undefined) {
      io.stdout.write(`${name}:${tag} is there already: it was built by an earlier run, and is used.\n`);
      return options.dry_run
        ? ok({ summary: `would use ${name}@${earlier.value.digest}` })
        : record(options, opened.value, earlier.value, io);
    }
  }
  if (builder.kind === 'plain' && options.cache === 'registry')
    io.stdout.write('This Docker has no buildx, which the registry cache needs: it builds without it.\n');
  const inputs = {
    ...options,
    ...given,
    repository: name,
    labels: await readImageLabels(options.commit, io),
    cache: options.cache === 'registry' ? `${name}:${cacheTag(options.platform)}` : undefined,
  };
  return build(options, opened.value, { inputs, builder, tag, commit: options.commit }, io);
};

async function build(
  options: BuildOptions,
  opened: OpenedRepository,
  order: Order,
  io: Io,
): Promise<Result<Done, Failure>> {
  if (options.dry_run) {
    io.stdout.write(describeBuild(order));
    return ok({ summary: `would build ${options.platform} and push it to ${opened.name}` });
  }
  const reference = await buildAndPush(order, opened, io);
  if (!reference.ok) return reference;
  const pushed = await opened.registry.getManifest(reference.value);
  return pushed.ok ? record(options, opened, pushed.value, io) : fail(registryFailure(pushed.error));
}

/**
 * The commit has an image already: nothing is built, and the record for the jobs that follow names what is published. What
 * an index says of its platforms is taken as it is: publish_image has looked at each, and does so again.
 */
async function takePublished(
  options: BuildOptions,
  opened: OpenedRepository,
  published: Manifest,
  io: Io,
): Promise<Result<Done, Failure>> {
  io.stdout.write(
    `Commit ${options.commit} is published already: ${opened.name}@${published.digest}. Nothing is built.\n`,
  );
  if (options.dry_run) return ok({ summary: `${opened.name}:${options.commit} is there already` });
  const entry =
    published.kind === 'index'
      ? published.manifests.find((one) => one.platform !== undefined && isSamePlatform(one.platform, options.platform))
      : undefined;
  return entry === undefined
    ? record(options, opened, published, io)
    : writeRecord(options, opened, { digest: entry.digest }, io);
}

/** Checks in the registry what the image is, and writes the record. */
async function record(
  options: BuildOptions,
  opened: OpenedRepository,
  manifest: Manifest,
  io: Io,
): Promise<Result<Done, Failure>> {
  const { findPlatform, readPlatforms } = await import('../../registry/platforms.js');
  const found = await findPlatform(opened.registry, manifest, options.platform);
  if (!found.ok) return fail(registryFailure(found.error));
  if (found.value === undefined) {
    const platforms = await readPlatforms(opened.registry, manifest);
    const is = platforms.ok && platforms.value.length > 0 ? platforms.value.join(', ') : 'something else';
    return fail({
      code: 1,
      cause: `${opened.name}@${manifest.digest} is of ${is}, and not of ${options.platform}`,
      next: 'Check that every FROM of the Dockerfile, and any --platform in it, leads to an image of that platform.',
    });
  }
  const { digest } = found.value.manifest;
  const attested = manifest.kind === 'index' ? { attested: manifest.digest } : {};
  return writeRecord(options, opened, { digest, ...attested }, io);
}

async function writeRecord(
  options: BuildOptions,
  opened: OpenedRepository,
  image: { readonly digest: string; readonly attested?: string },
  io: Io,
): Promise<Result<Done, Failure>> {
  const { commit, platform } = options;
  await writePlatformRecord(io, options.directory, { version: 1, commit, repository: opened.name, platform, ...image });
  return ok({ summary: `${platform} of commit ${commit} is ${opened.name}@${image.digest}` });
}
