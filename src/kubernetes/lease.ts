import type { Clock } from '../io/io.js';
import { ok, type Result } from '../result.js';
import type { KubernetesClient } from './client.js';
import type { KubernetesError } from './kubernetes-error.js';
import type { Lease } from './objects.js';
import { leases } from './resources.js';

/** What is written into a Lease by who takes it. */
export interface Claim {
  readonly name: string;
  /** Who holds it, for people too. */
  readonly holder: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Lease that is ours, until it is released or lost. */
export interface HeldLease {
  /** Call it often: renews the Lease when it is time. Undefined while it is ours; else who has it now, empty for nobody. */
  keep(): Promise<string | undefined>;
  /** Whether nobody else can have taken it by now. */
  isSure(): boolean;
  /** Leaves it to the next one. An error also when it is not ours any more. */
  release(): Promise<Result<unknown, KubernetesError>>;
}

/** Seconds without a renewal after which the holder counts as gone. */
const DURATION = 30;
/** Milliseconds between two renewals. */
const PERIOD = 10_000;

/** Who holds the Lease; empty: nobody. */
export function holderOf(lease: Lease): string {
  return lease.spec?.holderIdentity ?? '';
}

/**
 * Takes a Lease that nobody holds, or whose holder is gone.
 * @param previous as it was seen; undefined: there is none. Whoever was faster makes this a `conflict`.
 * @see https://kubernetes.io/docs/concepts/architecture/leases/
 */
export async function takeLease(
  client: KubernetesClient,
  clock: Clock,
  claim: Claim,
  previous: Lease | undefined,
): Promise<Result<HeldLease, KubernetesError>> {
  const { name, holder, annotations } = claim;
  const now = timeOf(clock);
  const spec = { holderIdentity: holder, leaseDurationSeconds: DURATION, acquireTime: now, renewTime: now };
  const labels = { 'app.kubernetes.io/managed-by': 'build-once' };
  const taken =
    previous === undefined
      ? await client.create(leases, {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace: client.namespace, labels, annotations },
          spec,
        })
      : await write(client, name, previous.metadata.resourceVersion, { metadata: { annotations }, spec });
  return taken.ok ? ok(hold(client, clock, claim, taken.value)) : taken;
}

function hold(client: KubernetesClient, clock: Clock, { name, holder }: Claim, taken: Lease): HeldLease {
  let version = taken.metadata.resourceVersion;
  let renewed = clock.now();
  const renew = async (): Promise<string | undefined> => {
    const asked = clock.now();
    const done = await write(client, name, version, { spec: { renewTime: timeOf(clock) } });
    if (done.ok) {
      version = done.value.metadata.resourceVersion;
      renewed = asked;
      return undefined;
    }
    if (done.error.kind === 'not-found') return '';
    if (done.error.kind !== 'conflict') return undefined;
    // Somebody else, or our own write whose answer was cut off.
    const seen = await client.get(leases, name);
    if (!seen.ok) return seen.error.kind === 'not-found' ? '' : undefined;
    if (holderOf(seen.value) !== holder) return holderOf(seen.value);
    version = seen.value.metadata.resourceVersion;
    return undefined;
  };
  return {
    keep: async () => (clock.now() - renewed < PERIOD ? undefined : renew()),
    isSure: () => clock.now() - renewed < DURATION * 1000,
    release: () => write(client, name, version, { spec: { holderIdentity: '', renewTime: timeOf(clock) } }),
  };
}

/** Writes into the Lease as it was seen; `conflict`: it has changed since. */
function write(
  client: KubernetesClient,
  name: string,
  version: string | undefined,
  { metadata, spec }: Pick<Partial<Lease>, 'metadata' | 'spec'>,
): Promise<Result<Lease, KubernetesError>> {
  return client.patch(leases, name, {
    type: 'merge',
    body: { metadata: { ...metadata, ...(version === undefined ? {} : { resourceVersion: version }) }, spec },
  });
}

/** `MicroTime` of the API: RFC 3339 with six digits after the point. */
function timeOf(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace('Z', '000Z');
}

/** Watches a Lease of somebody else. */
export interface Vigil {
  /**
   * Whether its holder is gone: the Lease was seen all through its duration, and never changed. Our own clock alone
   * measures that, so it does not matter what time it is on the holder's machine.
   */
  isGone(lease: Lease): boolean;
  /** To be told when the Lease could not be read: its holder may have been as cut off as we were. */
  interrupt(): void;
}

/** A vigil that has seen nothing yet. */
export function startVigil(clock: Clock): Vigil {
  let seen: { readonly version: string | undefined; readonly since: number } | undefined;
  return {
    isGone: (lease) => {
      const version = lease.metadata.resourceVersion;
      if (seen === undefined || seen.version !== version) seen = { version, since: clock.now() };
      return clock.now() - seen.since >= (lease.spec?.leaseDurationSeconds ?? DURATION) * 1000;
    },
    interrupt: () => {
      seen = undefined;
    },
  };
}
