import type { Io, ProcessEnd } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';

/** What builds the image. */
export type Builder =
  | {
      readonly kind: 'buildx';
      /** Empty: the current one. */
      readonly name: string;
      /**
       * Whether it pushes without a tag. Docker with the containerd image store is asked by trying: its versions put a
       * tag on every name, and BuildKit then refuses.
       */
      readonly byDigest: 'yes' | 'try' | 'no';
    }
  /** `docker build` and `docker push`, where there is no buildx. */
  | { readonly kind: 'plain' };

/** Name of the builder that is made here. */
const OURS = 'build-once';

interface Wanted {
  readonly builder: string;
  readonly cache: string;
  readonly attestations: string;
  readonly dry_run: boolean;
}

/**
 * The builder to use. Docker's own driver writes caches and attestations only with the containerd image store; where it
 * has another one and either is wanted, a builder in a container is made, once, and used from then on.
 * @see https://docs.docker.com/build/cache/backends/
 * @see https://docs.docker.com/build/metadata/attestations/
 */
export async function chooseBuilder(io: Io, wanted: Wanted): Promise<Result<Builder, Failure>> {
  const ended = await inspect(io, wanted.builder);
  if (ended.exitCode !== 0) {
    const plain = wanted.builder === '' && ended.error === undefined && (await isPlainDocker(io));
    return plain ? ok({ kind: 'plain' }) : fail(unusable(wanted.builder, ended));
  }
  const driver = driverOf(ended);
  if (driver === undefined) return fail({ code: 1, cause: 'docker buildx inspect did not name a driver' });
  const given = { kind: 'buildx', name: wanted.builder } as const;
  if (driver !== 'docker') return ok({ ...given, byDigest: 'yes' });
  if (await hasContainerdStore(io)) return ok({ ...given, byDigest: 'try' });
  const needs = [
    ...(wanted.cache === 'registry' ? ['cache to a registry'] : []),
    ...(wanted.attestations === '' ? [] : ['attestation']),
  ];
  return needs.length === 0
    ? ok({ ...given, byDigest: 'no' })
    : makeBuilder(io, needs.join(' and no '), wanted.dry_run);
}

/** The builder of our own, which is made where it is not there. */
async function makeBuilder(io: Io, needs: string, dryRun: boolean): Promise<Result<Builder, Failure>> {
  const ours = { kind: 'buildx', name: OURS, byDigest: 'yes' } as const;
  if ((await inspect(io, OURS)).exitCode === 0) return ok(ours);
  io.stdout.write(
    `The image store of this Docker writes no ${needs}: the builder ${OURS} (driver docker-container) ${dryRun ? 'would be made' : 'is made'}.\n`,
  );
  if (dryRun) return ok(ours);
  const args = ['buildx', 'create', '--name', OURS, '--driver', 'docker-container', '--bootstrap'];
  const ended = await io.processes.run('docker', args, { signal: io.signal });
  if (ended.exitCode === 0) return ok(ours);
  return fail({
    code: 1,
    cause: `the builder ${OURS}, which the registry cache and attestations need, cannot be made: ${reasonOf(ended)}`,
    next: 'Name a builder of another driver (docker buildx create --use), use a Docker with the containerd image store, or build without a cache and without attestations.',
  });
}

function inspect(io: Io, builder: string): Promise<ProcessEnd> {
  const args = ['buildx', 'inspect', ...(builder === '' ? [] : ['--', builder])];
  return io.processes.run('docker', args, { signal: io.signal });
}

/** The driver: `docker`, `docker-container`, `remote`, `kubernetes`, `cloud`. */
function driverOf({ stdout }: ProcessEnd): string | undefined {
  return /^Driver:\s*(\S+)/m.exec(stdout)?.[1];
}

/** Whether there is a Docker that answers, but no buildx. */
async function isPlainDocker(io: Io): Promise<boolean> {
  const buildx = await io.processes.run('docker', ['buildx', 'version'], { signal: io.signal });
  if (buildx.exitCode === 0) return false;
  const docker = await io.processes.run('docker', ['version'], { signal: io.signal });
  return docker.exitCode === 0;
}

async function hasContainerdStore(io: Io): Promise<boolean> {
  const ended = await io.processes.run('docker', ['info', '--format', '{{json .DriverStatus}}'], { signal: io.signal });
  return ended.exitCode === 0 && ended.stdout.includes('io.containerd.snapshotter');
}

function unusable(builder: string, ended: ProcessEnd): Failure {
  const what = builder === '' ? 'the current buildx builder' : `the buildx builder ${JSON.stringify(builder)}`;
  return {
    code: 1,
    cause: `${what} cannot be used: ${reasonOf(ended)}`,
    next: 'The job needs docker: a machine executor, or setup_remote_docker. docker buildx ls shows the builders.',
  };
}

function reasonOf({ error, stderr, exitCode }: ProcessEnd): string {
  return error ?? (stderr.trim().split(/\r?\n/).at(-1) || `exit code ${exitCode}`);
}
