import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import type { Test } from 'tap';
import { makeManifests } from '../../src/companions/manifests.js';
import type { Rule } from '../../src/kubernetes/rule.js';
import type { WorkloadKindName } from '../../src/workload.js';

const execute = promisify(execFile);

/** Runs kubectl as the administrator, with `input` on its standard input; what it prints. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const done = execute('kubectl', args);
  done.child.stdin?.end(input ?? '');
  return (await done).stdout;
}

/** A namespace in which the user has what `gen-config companions` writes for workloads of these kinds, or these rules in its place. */
export async function makeNamespace(
  t: Test,
  rules?: readonly Rule[],
  kinds: WorkloadKindName | readonly WorkloadKindName[] = 'deployment',
  more: readonly Rule[] = [],
): Promise<string> {
  const name = `kube-e2e-${randomBytes(6).toString('hex')}`;
  t.teardown(() => kubectl(['delete', 'namespace', name, '--wait=false']));
  const access = { kind: 'kubeconfig', variable: 'KUBECONFIG' } as const;
  const target = {
    kind: 'kubernetes',
    access,
    namespace: name,
    workloads: [kinds].flat().map((kind) => `${kind}/web`),
    manifests: undefined,
    containers: [],
  } as const;
  const manifests = makeManifests({ job: 'deploy-staging', target, migration: undefined }, 'deployers', more);
  const objects = loadAll(manifests).map((object) => ({ ...(object as { rules?: unknown }) }));
  const given = objects.map((object) => (object.rules && rules ? { ...object, rules } : object));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  // A controller makes this one sooner or later, and without it there is no Pod. Applied by the server, either may be first.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } };
  const list = { apiVersion: 'v1', kind: 'List', items: [namespace, account, ...given] };
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
  return name;
}

/** A Pod that is only asked about, in a dry run. */
export const probe = (namespace: string, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probe', namespace },
  spec: { containers: [{ name: 'web', image: 'probe', ...container }] },
});

/** Waits until a Pod would be refused in these words: the API server knows of quotas, labels and policies a while later. */
export async function untilRefused(
  namespace: string,
  words: string,
  container: object = {},
  as: readonly string[] = [],
): Promise<void> {
  const args = [...as, 'create', '--dry-run=server', '-f', '-'];
  const isRefused = () =>
    kubectl(args, JSON.stringify(probe(namespace, container))).then(
      () => false,
      (error) => String(error).includes(words),
    );
  while (!(await isRefused())) await setTimeout(200);
}

/** A quota of Pods, when it is in force. */
export async function makeQuota(namespace: string, pods: number): Promise<void> {
  await kubectl(['-n', namespace, 'create', 'quota', 'small', `--hard=pods=${pods}`]);
  await untilRefused(namespace, 'exceeded quota');
}

/** Applies an object as the administrator. */
export const apply = (object: object) => kubectl(['apply', '-f', '-'], JSON.stringify(object));

/** What a Deployment of one container is like. */
interface Shape {
  readonly name?: string;
  readonly image: string;
  readonly replicas?: number;
  readonly container?: object;
  readonly pod?: object;
  readonly spec?: object;
}

/** A Deployment whose container runs /run.sh of its image, unless the shape says otherwise. */
export async function makeDeployment(namespace: string, shape: Shape): Promise<void> {
  const { name = 'web', image, replicas = 1 } = shape;
  const labels = { app: name };
  const container = { name: 'web', image, command: ['sh', '/run.sh'], ...shape.container };
  await apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, ...shape.pod, containers: [container] },
      },
      ...shape.spec,
    },
  });
}
