import type { Io, ProcessEnd } from '../../io/io.js';
import { plainText } from '../../io/plain-text.js';
import { parseJson, stringAt } from '../../json.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { adviseExclusion } from '../registry-failure.js';
import type { DockerEnvironment } from './docker-login.js';
import type { Attestation, BuildArgument } from './inputs.js';
import type { Label } from './labels.js';
import { runDocker, watchBuildKit } from './run-docker.js';

/** What a build needs to know. */
export interface Build {
  /** `host/path`. */
  readonly repository: string;
  readonly platform: string;
  readonly context: string;
  readonly dockerfile: string;
  /** Empty: the last stage. */
  readonly target: string;
  readonly args: readonly BuildArgument[];
  /** Names of environment variables that are BuildKit secrets of the same id. */
  readonly secrets: readonly string[];
  /** Reference of the cache in the registry; undefined: none. */
  readonly cache: string | undefined;
  /** Empty: the current builder. */
  readonly builder: string;
  readonly labels: readonly Label[];
  readonly attestations: readonly Attestation[];
  /** The tag to push under; undefined: by digest, without a tag. */
  readonly tag: string | undefined;
  /** Where buildx writes what it did. */
  readonly metadataFile: string;
}

/** The arguments of `docker` for a build that pushes. */
export function buildArguments(build: Build): string[] {
  const output =
    build.tag === undefined
      ? `type=image,name=${build.repository},push-by-digest=true,name-canonical=true,push=true,oci-mediatypes=true`
      : `type=image,name=${build.repository}:${build.tag},push=true,oci-mediatypes=true`;
  return [
    'buildx',
    'build',
    ...(build.builder === '' ? [] : [`--builder=${build.builder}`]),
    `--platform=${build.platform}`,
    `--file=${build.dockerfile}`,
    ...(build.target === '' ? [] : [`--target=${build.target}`]),
    ...build.args.map(([name, value]) => `--build-arg=${name}=${value}`),
    // The value is read from the environment by buildx and goes to BuildKit alone: no argument, no layer.
    ...build.secrets.map((name) => `--secret=id=${name},env=${name}`),
    ...(build.cache === undefined ? [] : cacheArguments(build.cache)),
    // Where nothing is said, buildx makes a provenance. In its form "max" it would hold the values of build arguments.
    `--provenance=${build.attestations.includes('provenance') ? 'mode=min' : 'false'}`,
    `--sbom=${build.attestations.includes('sbom')}`,
    `--output=${output}`,
    `--metadata-file=${build.metadataFile}`,
    ...build.labels.map(([name, value]) => `--label=${name}=${value}`),
    '--progress=plain',
    '--',
    build.context,
  ];
}

/**
 * All layers of all stages, as an image manifest: ECR takes no cache of another form.
 * @see https://docs.docker.com/build/cache/backends/registry/
 */
function cacheArguments(reference: string): readonly string[] {
  return [
    `--cache-from=type=registry,ref=${reference}`,
    `--cache-to=type=registry,ref=${reference},mode=max,image-manifest=true,oci-mediatypes=true`,
  ];
}

/** Builds and pushes with buildx, with its output on standard output. */
export async function runBuild(
  io: Io,
  build: Build,
  env: DockerEnvironment | undefined,
): Promise<Result<undefined, Failure>> {
  const ended = await runDocker(io, buildArguments(build), env, watchBuildKit());
  if (io.signal.aborted) return fail({ code: 1, cause: `the build for ${build.platform} was interrupted` });
  if (ended.exitCode !== 0) return fail(explainBuild(ended, build));
  for (const warning of findBasePlatformWarnings(plainText(ended.stderr))) io.stdout.write(`Warning: ${warning}\n`);
  return ok(undefined);
}

/** Whether a build failed only because its builder puts a tag on every name, and so cannot push by digest. */
export function isRefusedByDigest({ cause }: Failure): boolean {
  return /can't push tagged ref \S+ by digest/.test(cause);
}

/**
 * The config of an image names the platform that was asked for, even when the base image is of another one and its
 * programs cannot run there. BuildKit only warns of it, somewhere in the middle of its output.
 * @see https://docs.docker.com/reference/build-checks/invalid-base-image-platform/
 */
export function findBasePlatformWarnings(output: string): readonly string[] {
  const found = output.matchAll(/InvalidBaseImagePlatform: (.*?)(?: \(line \d+\))?\r?$/gm);
  return [...new Set([...found].map(([, text = '']) => text))];
}

/** Finds, in what buildx printed, the step that failed and why. */
export function explainBuild(
  ended: ProcessEnd,
  build: Pick<Build, 'platform' | 'dockerfile' | 'repository'> & Partial<Pick<Build, 'cache'>>,
): Failure {
  const stderr = plainText(ended.stderr);
  const lines = stderr.split('\n');
  const errors = lines.filter((line) => line.startsWith('ERROR: '));
  const error = errors.at(-1)?.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, '');
  const reason = error ?? ended.error ?? (lastLine(stderr) || `docker ended with exit code ${ended.exitCode}`);
  const place = lines.findLast((line) => /^\S+:\d+$/.test(line));
  const instruction = lines.findLast((line) => /^\s*\d+ \| >>> /.test(line))?.replace(/^\s*\d+ \| >>> /, '');
  const where = place === undefined ? '' : ` at ${place}${instruction === undefined ? '' : ` (${instruction.trim()})`}`;
  const step = lines.findLastIndex((line) => /^ > \[/.test(line));
  const end = step < 0 ? -1 : lines.indexOf('------', step);
  const details = step < 0 || end < 0 ? [] : lines.slice(step, end).map((line) => line.trimEnd());
  return {
    code: 1,
    cause: `the build for ${build.platform} failed${where}: ${reason}`,
    ...(details.length === 0 ? {} : { details: details.slice(-20) }),
    ...adviseBuild([reason, ...details].join('\n'), build),
  };
}

/** What to do about a failure whose reason says enough. */
function adviseBuild(
  reason: string,
  { platform, repository, cache }: Parameters<typeof explainBuild>[1],
): Pick<Failure, 'next'> {
  if (cache !== undefined && /immutab|cannot be overwritten/i.test(reason)) {
    const next = `The cache ${cache} is written anew by every build. ${adviseExclusion(repository, 'buildcache-*')}`;
    return { next };
  }
  if (!/exec format error/i.test(reason)) return {};
  return {
    next: `A program of another processor cannot run here. Give the job a machine of ${platform} ("executor" of the orb's job build), and see that every FROM leads to an image of it.`,
  };
}

/** Reads the digest out of buildx's metadata file. */
export function readMetadataDigest(text: string | undefined): string | undefined {
  return stringAt(parseJson(text ?? ''), 'containerimage.digest');
}

function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).at(-1) ?? '';
}
