import { join } from 'node:path';
import type { Io } from '../../io/io.js';
import { isDigest } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import type { Builder } from './builder.js';
import { type Build, buildArguments, isRefusedByDigest, readMetadataDigest, runBuild } from './buildx.js';
import { type DockerEnvironment, makeDockerLogin } from './docker-login.js';
import { plainSteps, runPlainBuild } from './plain-docker.js';

/** A build, and how it is to be pushed. */
export interface Order {
  readonly inputs: Omit<Build, 'metadataFile' | 'tag' | 'builder'>;
  readonly builder: Builder;
  /** Tag of the platform, for a builder that cannot push without one. */
  readonly tag: string;
  readonly commit: string;
}

/** The docker commands of a build, as a person reads them, a line each. */
export function describeBuild({ inputs, builder, tag }: Order): string {
  const steps =
    builder.kind === 'plain'
      ? plainSteps({ ...inputs, tag })
      : [buildArguments(buildOf(inputs, builder.name, builder.byDigest === 'no' ? tag : undefined, ''))];
  return steps.map((args) => `Would run: docker ${args.map(quoteWord).join(' ')}\n`).join('');
}

/**
 * Builds and pushes.
 * @returns the tag or the digest under which the image is in the registry
 */
export async function buildAndPush(order: Order, opened: OpenedRepository, io: Io): Promise<Result<string, Failure>> {
  const { inputs, builder, tag, commit } = order;
  const folder = await io.files.makeTemporary();
  const announce = (how: string) =>
    io.stdout.write(`Building ${inputs.platform} of commit ${commit}, to be pushed to ${opened.name} ${how}.\n`);
  try {
    const env = await loginOf(folder, opened, io);
    if (!env.ok) return env;
    if (builder.kind === 'plain') {
      announce(`under ${tag}, with docker build: this Docker has no buildx`);
      const built = await runPlainBuild(io, { ...inputs, tag }, env.value);
      return built.ok ? ok(tag) : built;
    }
    const byTag = async () => {
      const built = await runBuild(io, buildOf(inputs, builder.name, tag, folder), env.value);
      return built.ok ? ok(tag) : built;
    };
    announce(builder.byDigest === 'no' ? `under ${tag}` : 'by digest');
    if (builder.byDigest === 'no') return await byTag();
    const built = await pushByDigest(io, buildOf(inputs, builder.name, undefined, folder), env.value);
    if (built.ok || builder.byDigest === 'yes' || !isRefusedByDigest(built.error)) return built;
    io.stdout.write(`This Docker cannot push by digest: it is pushed under ${tag} instead.\n`);
    return await byTag();
  } finally {
    await io.files.remove(folder);
  }
}

async function pushByDigest(
  io: Io,
  build: Build,
  env: DockerEnvironment | undefined,
): Promise<Result<string, Failure>> {
  const built = await runBuild(io, build, env);
  if (!built.ok) return built;
  const digest = readMetadataDigest(await io.files.read(build.metadataFile));
  if (digest !== undefined && isDigest(digest)) return ok(digest);
  return fail({ code: 1, cause: 'the build went well, but buildx did not say under which digest it pushed' });
}

function buildOf(inputs: Order['inputs'], builder: string, tag: string | undefined, folder: string): Build {
  return { ...inputs, builder, tag, metadataFile: join(folder, 'metadata.json') };
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
