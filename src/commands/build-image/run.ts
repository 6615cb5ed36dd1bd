import { join } from 'node:path';
import type { Io } from '../../io/io.js';
import { isDigest } from '../../reference.js';
import type { Manifest } from '../../registry/manifest.js';
import { fail, ok, type Result } from '../../result.js';
import type { Done, Failure, Options, Run } from '../command.js';
import { type OpenedRepository, openRepository, readPlatformOption } from '../open-repository.js';
import { platformName, writePlatformRecord } from '../platform-record.js';
import { registryFailure } from '../registry-failure.js';
import { cacheTag } from '../reserved-tags.js';
import { chooseBuilder } from './builder.js';
import { type Build, buildArguments, readMetadataDigest, runBuild } from './buildx.js';
import type { parameters } from './declaration.js';
import { makeDockerLogin } from './docker-login.js';
import { parseBuildArguments, parseSecrets } from './inputs.js';

type BuildOptions = Options<typeof parameters>;

export const run: Run<typeof parameters> = async (options, io) => {
  const platform = readPlatformOption(options.platform, '--platform');
  if (!platform.ok) return platform;
  const args = parseBuildArguments(options.args);
  if (!args.ok) return args;
  const opened = await openRepository(options, io);
  if (!opened.ok) return opened;
  const { registry, name } = opened.value;

  const published = await registry.findManifest(options.commit);
  if (!published.ok) return fail(registryFailure(published.error));
  if (published.value !== undefined) return takePublished(options, opened.value, published.value, io);

  const secrets = parseSecrets(options.secrets, io.env);
  if (!secrets.ok) return secrets;
  const builder = await chooseBuilder(io, options);
  if (!builder.ok) return builder;
  // Docker's own driver cannot push without a tag. The tag names the platform, so it is never taken for a release.
  const tag = builder.value.driver === 'docker' ? `${options.commit}-${platformName(options.platform)}` : undefined;
  if (tag !== undefined) {
    const earlier = await registry.findManifest(tag);
    if (!earlier.ok) return fail(registryFailure(earlier.error));
    if (earlier.value !== undefined) {
      io.stdout.write(`${name}:${tag} is there already: it was built by an earlier run, and is used.\n`);
      return options.dry_run
        ? ok({ summary: `would use ${name}@${earlier.value.digest}` })
        : record(options, opened.value, earlier.value, io);
    }
  }
  const build = {
    ...options,
    repository: name,
    created: new Date(io.clock.now()).toISOString(),
    args: args.value,
    secrets: secrets.value,
    cache: options.cache === 'registry' ? `${name}:${cacheTag(options.platform)}` : undefined,
    builder: builder.value.name,
    tag,
  };
  return buildAndPush(options, opened.value, build, io);
};

/** The commit has an image already: nothing is built, and the record for the jobs that follow names what is published. */
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
  return record(options, opened, published, io);
}

async function buildAndPush(
  options: BuildOptions,
  opened: OpenedRepository,
  inputs: Omit<Build, 'metadataFile'>,
  io: Io,
): Promise<Result<Done, Failure>> {
  const { tag } = inputs;
  const folder = options.dry_run ? '' : await io.files.makeTemporary();
  try {
    const build: Build = { ...inputs, metadataFile: join(folder, 'metadata.json') };
    if (options.dry_run) {
      io.stdout.write(`Would run: docker ${buildArguments(build).map(quoteWord).join(' ')}\n`);
      return ok({ summary: `would build ${options.platform} and push it to ${opened.name}` });
    }
    const env = await loginOf(folder, opened, io);
    if (!env.ok) return env;
    io.stdout.write(
      `Building ${options.platform} of commit ${options.commit}, to be pushed to ${opened.name} ${tag === undefined ? 'by digest' : `under ${tag}`}.\n`,
    );
    const built = await runBuild(io, build, env.value);
    if (!built.ok) return built;
    const reference = tag ?? readMetadataDigest(await io.files.read(build.metadataFile));
    if (reference === undefined || (tag === undefined && !isDigest(reference))) {
      return fail({ code: 1, cause: 'the build went well, but buildx did not say under which digest it pushed' });
    }
    const pushed = await opened.registry.getManifest(reference);
    if (!pushed.ok) return fail(registryFailure(pushed.error));
    return await record(options, opened, pushed.value, io);
  } finally {
    if (folder !== '') await io.files.remove(folder);
  }
}

/** A word of a command line as a person reads it: as it is, or as JSON where it could be taken for several. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Docker has a login of its own, unless it came from the ECR API or by parameters. */
async function loginOf(folder: string, opened: OpenedRepository, io: Io) {
  const { credentials, login, repository } = opened;
  if (login === 'docker' || credentials.kind !== 'password') return ok(undefined);
  // Docker keeps the login of its Hub under the address of an API that is long gone.
  const host = repository.host === 'docker.io' ? 'https://index.docker.io/v1/' : repository.host;
  return makeDockerLogin(folder, { host, ...credentials }, io);
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
  await writePlatformRecord(io, options.directory, {
    version: 1,
    commit: options.commit,
    repository: opened.name,
    platform: options.platform,
    digest,
  });
  return ok({ summary: `${options.platform} of commit ${options.commit} is ${opened.name}@${digest}` });
}
