import type { Io } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { type Build, explainBuild } from './buildx.js';
import type { DockerEnvironment } from './docker-login.js';
import { runDocker } from './run-docker.js';

/** A build by the builder that every Docker has: what it pushes has a tag. */
export type PlainBuild = Pick<
  Build,
  'repository' | 'platform' | 'context' | 'dockerfile' | 'target' | 'args' | 'labels'
> & { readonly tag: string };

/** What the plain builder cannot do, as a failure; undefined where the build asks for none of it. */
export function refusePlain(build: Pick<Build, 'secrets' | 'attestations'>): Failure | undefined {
  const needs = [
    ...(build.secrets.length === 0 ? [] : ['secrets']),
    ...(build.attestations.length === 0 ? [] : ['attestations']),
  ];
  if (needs.length === 0) return undefined;
  return {
    code: 1,
    cause: `the build has ${needs.join(' and ')}, which need docker buildx, and this Docker has none`,
    next: 'Install the buildx plugin of Docker on the machine, or use a machine image of CircleCI, which has it.',
  };
}

/** The arguments of `docker` for each of the steps: build, then push. */
export function plainSteps(build: PlainBuild): readonly [build: readonly string[], push: readonly string[]] {
  const name = `${build.repository}:${build.tag}`;
  return [
    [
      'build',
      `--platform=${build.platform}`,
      `--file=${build.dockerfile}`,
      ...(build.target === '' ? [] : [`--target=${build.target}`]),
      ...build.args.map(([arg, value]) => `--build-arg=${arg}=${value}`),
      ...build.labels.map(([label, value]) => `--label=${label}=${value}`),
      `--tag=${name}`,
      '--',
      build.context,
    ],
    ['push', '--', name],
  ];
}

/**
 * Builds with `docker build`, pushes with `docker push`. The environment says that no BuildKit is wanted, since the
 * docker command would look for buildx then.
 */
export async function runPlainBuild(
  io: Io,
  build: PlainBuild,
  env: DockerEnvironment | undefined,
): Promise<Result<undefined, Failure>> {
  const [buildStep, pushStep] = plainSteps(build);
  for (const [args, transfer] of [
    [buildStep, undefined],
    [pushStep, `docker push of ${build.repository}:${build.tag}`],
  ] as const) {
    const watched = { read: () => {}, transfer: () => transfer };
    const ended = await runDocker(io, args, { ...(env ?? io.env), DOCKER_BUILDKIT: '0' }, watched);
    if (io.signal.aborted) return fail({ code: 1, cause: `the build for ${build.platform} was interrupted` });
    if (ended.exitCode !== 0) return fail(explainBuild(ended, build));
  }
  return ok(undefined);
}
