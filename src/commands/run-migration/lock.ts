import { createHash } from 'node:crypto';
import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import { type Claim, type HeldLease, holderOf, startVigil, takeLease, type Vigil } from '../../kubernetes/lease.js';
import { type Job, type Lease, nameOf } from '../../kubernetes/objects.js';
import { migrationRules } from '../../kubernetes/permissions.js';
import { jobs, leases } from '../../kubernetes/resources.js';
import { formatRepository, type Repository } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { isPassing, toFailure } from '../kubernetes-failure.js';
import type { Progress } from '../progress.js';
import { isFinished } from './job-state.js';
import { cleanName } from './migration-job.js';

/** The lock of an environment, so that two pipelines do not migrate at once. */
export interface MigrationLock {
  /** Call it often: holds the lock, and says so once when it is lost. */
  keep(): Promise<void>;
  /** Whether nobody else can have it by now. */
  isSure(): boolean;
  /** Never fails: what is not released ends by itself. */
  release(): Promise<void>;
}

export interface LockOptions {
  readonly environment: string;
  /** Of the image: services that share a namespace do not wait for each other. */
  readonly repository: Repository;
  /** URL of the CircleCI job, or what else tells this run from others. */
  readonly holder: string;
  /** The Job that is about to be made or taken up. */
  readonly job: Job;
  /** Milliseconds to wait for others. */
  readonly timeout: number;
}

/** Annotation of the Lease: the Job that its holder migrates by. A Lease may end before its Job does. */
const MIGRATION = 'build-once/migration';
/** Milliseconds between two looks. */
const PERIOD = 2000;

/** Name of the Lease. */
export function nameLock(environment: string, repository: Repository): string {
  const whole = JSON.stringify([environment, formatRepository(repository)]);
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return ['migrate', cleanName(environment), hash].filter((part) => part !== '').join('-');
}

/**
 * Takes the lock as soon as nobody else has it. Others have it while their Lease is alive, and also after that for as
 * long as their Job runs: who was killed leaves one behind. A Lease for the very Job that we want is ours at once.
 */
export async function takeLock(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  options: LockOptions,
): Promise<Result<MigrationLock, Failure>> {
  const { environment, repository, holder, job, timeout } = options;
  const name = nameLock(environment, repository);
  const claim = { name, holder, annotations: { [MIGRATION]: nameOf(job) } };
  const vigil = startVigil(io.clock);
  const deadline = io.clock.now() + timeout;
  let blocked = '';
  while (!io.signal.aborted) {
    const tried = await tryLock(client, io, progress, claim, vigil);
    if (tried.ok) {
      if (tried.value.kind === 'held') return ok(makeLock(tried.value.lease, progress, name));
      blocked = tried.value.by;
      progress.report(`Lease ${name}`, `${blocked}; waiting for that migration to end`);
    } else if (blocked !== '' && isPassing(tried.error)) {
      vigil.interrupt();
      progress.report('the cluster', `${tried.error.message}; asking again`);
    } else if (tried.error.kind !== 'conflict' && !io.signal.aborted) {
      return fail(toFailure(tried.error, migrationRules));
    }
    if (io.clock.now() >= deadline) {
      return fail({
        code: 70,
        cause: `another migration of ${environment} did not end in time: Lease ${name} is ${blocked}`,
        next: `Nothing was started. See kubectl -n ${client.namespace} describe lease ${name}, then run this job again. Raise --timeout to wait longer.`,
      });
    }
    progress.heartbeat(() => `Lease ${name} is ${blocked}`);
    await io.clock.sleep(PERIOD, io.signal);
  }
  return fail({ code: 1, cause: 'this job was asked to end while it waited for the lock; no Job was made' });
}

type Tried = { readonly kind: 'held'; readonly lease: HeldLease } | { readonly kind: 'blocked'; readonly by: string };

async function tryLock(
  client: KubernetesClient,
  io: Io,
  progress: Progress,
  claim: Claim,
  vigil: Vigil,
): Promise<Result<Tried, KubernetesError>> {
  const found = await client.get(leases, claim.name);
  if (!found.ok && found.error.kind !== 'not-found') return found;
  const lease = found.ok ? found.value : undefined;
  const blocked = lease === undefined ? ok(undefined) : await findBlock(client, lease, claim, vigil);
  if (!blocked.ok) return blocked;
  if (blocked.value !== undefined) return ok({ kind: 'blocked', by: blocked.value });
  const taken = await takeLease(client, io.clock, claim, lease);
  if (!taken.ok) return taken;
  const before = lease === undefined ? '' : holderOf(lease);
  if (before !== '' && before !== claim.holder)
    progress.say(`The lock, Lease ${claim.name}, is taken over from ${before}.`);
  return ok({ kind: 'held', lease: taken.value });
}

/** Why the Lease may not be taken; undefined: it may. */
async function findBlock(
  client: KubernetesClient,
  lease: Lease,
  claim: Claim,
  vigil: Vigil,
): Promise<Result<string | undefined, KubernetesError>> {
  const holder = holderOf(lease);
  const job = lease.metadata.annotations?.[MIGRATION];
  if (job === claim.annotations[MIGRATION]) return ok(undefined);
  const isAlive = holder !== '' && holder !== claim.holder && !vigil.isGone(lease);
  if (isAlive) return ok(`held by ${holder} for Job ${job ?? 'of an unknown name'}`);
  if (job === undefined) return ok(undefined);
  const earlier = await client.get(jobs, job);
  if (!earlier.ok) return earlier.error.kind === 'not-found' ? ok(undefined) : earlier;
  return ok(isFinished(earlier.value) ? undefined : `free, but its last Job ${job} still runs`);
}

function makeLock(lease: HeldLease, progress: Progress, name: string): MigrationLock {
  let isLost = false;
  return {
    keep: async () => {
      const other = isLost ? undefined : await lease.keep();
      if (other === undefined) return;
      isLost = true;
      const how = other === '' ? 'was deleted or released by somebody' : `was taken over by ${other}`;
      progress.say(`The lock is lost: Lease ${name} ${how}. What runs goes on.`);
    },
    isSure: () => !isLost && lease.isSure(),
    release: async () => {
      const released = isLost ? ok(undefined) : await lease.release();
      if (!released.ok && released.error.kind !== 'conflict')
        progress.say(`The lock, Lease ${name}, is not released, and ends by itself: ${released.error.message}`);
    },
  };
}
