import type { Clock } from '../../src/io/io.js';
import type {
  Condition,
  ContainerState,
  ContainerStatus,
  Job,
  Lease,
  Pod,
  PodSpec,
} from '../../src/kubernetes/objects.js';
import { type Call, type Reply, type Script, status } from '../kubernetes/scripted-api.js';
import { KUBECONFIG } from './scripted-kubeconfig.js';

/** A scripted cluster for `run_migration`, and the options to run it with there. */

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const SHOP = 'ghcr.io/acme/shop';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export const migrateOptions = {
  environment: 'staging',
  namespace: 'shop',
  eks: '',
  region: '',
  role: '',
  kubeconfig: KUBECONFIG,
  image: `${SHOP}@${DIGEST}`,
  commit: COMMIT,
  directory: 'build-once',
  timeout: '10m',
  grace: '5m',
  failed_before: 'rerun',
  on_cancel: 'leave',
  dry_run: false,
  workload: 'deployment/web',
  manifest: '',
  container: '',
  command: '["node","migrate.js"]',
};

const template: { metadata: object; spec: PodSpec } = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: `${SHOP}:1` }] },
};

export const notFound = status(404, 'NotFound', 'not found');
export const list = (items: readonly unknown[]): Reply => ({ json: { metadata: {}, items } });

export const complete: readonly Condition[] = [{ type: 'Complete', status: 'True' }];
export const stamp = (second: number) => `2026-01-01T00:00:0${second}Z`;

/** How the Job and its Pod are at a time, in seconds, since the Job was made. */
interface Course {
  readonly jobState: (seconds: number) => readonly Condition[];
  readonly podState: (seconds: number) => ContainerState;
  readonly log: (call: Call) => Reply;
  readonly onCreate?: (times: number) => Reply | undefined;
  /** Containers that were injected into the Pod. */
  readonly injected?: (seconds: number) => readonly ContainerStatus[];
}

/** What the cluster holds, to be looked at and meddled with. */
interface Held {
  job: Job | undefined;
  lease: Lease | undefined;
  /** Jobs of others, by name. */
  readonly others: Map<string, Job>;
}

/** A cluster whose Job takes its course. */
export function migrating(clock: Clock, course: Course) {
  const held: Held = { job: undefined, lease: undefined, others: new Map() };
  let since = clock.now();
  let creates = 0;
  let version = 0;
  const calls: Call[] = [];
  const onLease = ({ method, body }: Call): Reply => {
    const sent: Lease = method === 'GET' ? { metadata: {} } : JSON.parse(body);
    if (method === 'POST' && held.lease !== undefined) return status(409, 'AlreadyExists', 'already exists');
    if (method !== 'POST' && held.lease === undefined) return notFound;
    if (method === 'GET') return { json: held.lease };
    const known = held.lease?.metadata.resourceVersion;
    if (method === 'PATCH' && sent.metadata.resourceVersion !== known) return status(409, 'Conflict', 'was changed');
    const annotations = { ...held.lease?.metadata.annotations, ...sent.metadata.annotations };
    const metadata = { ...held.lease?.metadata, ...sent.metadata, annotations, resourceVersion: String(++version) };
    held.lease = { metadata, spec: { ...held.lease?.spec, ...sent.spec } };
    return { json: held.lease };
  };
  const onJobs = (call: Call): Reply => {
    const seconds = (clock.now() - since) / 1000;
    if (call.method === 'POST') {
      const exists = held.job !== undefined;
      if (!exists) {
        const { metadata, ...made }: Job = JSON.parse(call.body);
        held.job = { ...made, metadata: { ...metadata, uid: 'j' } };
        since = clock.now();
      }
      const there = exists ? status(409, 'AlreadyExists', 'already exists') : { json: held.job };
      return course.onCreate?.(++creates) ?? there;
    }
    const other = held.others.get(call.path.split('/').at(-1) ?? '');
    if (other !== undefined) return { json: other };
    const { job } = held;
    if (job === undefined) return notFound;
    if (call.method === 'DELETE') held.job = undefined;
    if (call.method === 'PATCH') {
      const annotations = { ...job.metadata.annotations, ...JSON.parse(call.body).metadata.annotations };
      held.job = { ...job, metadata: { ...job.metadata, annotations } };
    }
    return { json: { ...job, status: { conditions: course.jobState(seconds) } } };
  };
  const script: Script = (call) => {
    calls.push(call);
    const seconds = (clock.now() - since) / 1000;
    if (call.path.endsWith('/deployments/web')) return { json: { metadata: {}, spec: { template } } };
    if (call.path.includes('/leases')) return onLease(call);
    if (call.path.includes('/jobs')) return onJobs(call);
    const injected = course.injected?.(seconds) ?? [];
    const own = { name: 'web', ready: false, restartCount: 0, state: course.podState(seconds) };
    const pod: Pod = {
      metadata: { name: 'migrate-1', uid: 'p', ownerReferences: [{ uid: 'j' }] },
      spec: { nodeName: 'node-1', restartPolicy: 'Never', containers: [{ name: 'web' }, ...injected] },
      status: { phase: 'Running', containerStatuses: [...injected, own] },
    };
    if (call.path.endsWith('/log')) return course.log(call);
    if (call.path.endsWith('/pods')) return list([pod]);
    if (call.path.endsWith('/pods/migrate-1')) return { json: pod };
    return list([]);
  };
  return { script, calls, held };
}
