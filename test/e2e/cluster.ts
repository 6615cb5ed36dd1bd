import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
  await apply({ apiVersion: 'v1', kind: 'List', items: [namespace, ...given] });
  return name;
}

/** Applies an object as the administrator. */
export const apply = (object: object) => kubectl(['apply', '-f', '-'], JSON.stringify(object));

/** What a Deployment of one container is like. */
interface Shape {
  readonly name?: string;
  readonly image: string;
  readonly replicas?: number;
  readonly container?: object;
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
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
      ...shape.spec,
    },
  });
}
