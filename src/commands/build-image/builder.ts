import type { Io } from '../../io/io.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { readDriver } from './buildx.js';

/** A buildx builder. */
export interface Builder {
  /** Empty: the current one. */
  readonly name: string;
  /** `docker`, `docker-container`, `remote`, `kubernetes`, `cloud`. */
  readonly driver: string;
}

/** Name of the builder that is made here. */
const OURS = 'build-once';

/**
 * The builder to use. Docker's own driver writes a cache to a registry only with the containerd image store; where it
 * has another one, a builder in a container is made, once, and used from then on.
 * @see https://docs.docker.com/build/cache/backends/
 */
export async function chooseBuilder(
  io: Io,
  options: { readonly builder: string; readonly cache: string; readonly dry_run: boolean },
): Promise<Result<Builder, Failure>> {
  const driver = await readDriver(io, options.builder);
  if (!driver.ok) return driver;
  const given = { name: options.builder, driver: driver.value };
  if (options.cache !== 'registry' || given.driver !== 'docker' || (await hasContainerdStore(io))) return ok(given);
  const ours = { name: OURS, driver: 'docker-container' };
  const there = await readDriver(io, OURS);
  if (there.ok) return ok({ name: OURS, driver: there.value });
  io.stdout.write(
    `The image store of this Docker writes no cache to a registry: the builder ${OURS} (driver docker-container) ${options.dry_run ? 'would be made' : 'is made'}.\n`,
  );
  if (options.dry_run) return ok(ours);
  const args = ['buildx', 'create', '--name', OURS, '--driver', 'docker-container', '--bootstrap'];
  const ended = await io.processes.run('docker', args, { signal: io.signal });
  if (ended.exitCode === 0) return ok(ours);
  const why = ended.error ?? (ended.stderr.trim().split(/\r?\n/).at(-1) || `exit code ${ended.exitCode}`);
  return fail({
    code: 1,
    cause: `the builder ${OURS}, which the registry cache needs, cannot be made: ${why}`,
    next: 'Name a builder of another driver (docker buildx create --use), use a Docker with the containerd image store, or build without a cache.',
  });
}

async function hasContainerdStore(io: Io): Promise<boolean> {
  const ended = await io.processes.run('docker', ['info', '--format', '{{json .DriverStatus}}'], { signal: io.signal });
  return ended.exitCode === 0 && ended.stdout.includes('io.containerd.snapshotter');
}
