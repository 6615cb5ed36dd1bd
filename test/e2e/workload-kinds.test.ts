import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { kinds } from '../../src/kubernetes/kinds/kinds.js';
import { formatWorkload, type WorkloadKindName } from '../../src/workload.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeNamespace, untilRefused } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/**
 * What `deploy` says of each kind of workload on a real cluster, as a user who has the Role that `gen-config companions`
 * writes for that kind and nothing more.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/kinds-e2e-${randomBytes(4).toString('hex')}`;
if (skip === false) t.setTimeout(1_800_000);

/** The object of a kind, with two Pods where that is its own to say. */
function manifest(kind: WorkloadKindName, namespace: string, image: string, more: object = {}): object {
  const { resource } = kinds[kind];
  const labels = { app: 'web' };
  const pod = (restartPolicy: string) => ({
    terminationGracePeriodSeconds: 0,
    restartPolicy,
    containers: [{ name: 'web', image, command: ['sh', '/run.sh'] }],
  });
  const template = { metadata: { labels }, spec: pod('Always') };
  const common = { selector: { matchLabels: labels }, template };
  const spec = {
    deployment: { ...common, replicas: 2 },
    statefulset: { ...common, replicas: 2, serviceName: 'web' },
    daemonset: common,
    rollout: { ...common, replicas: 2, strategy: { canary: { steps: [] } } },
    cronjob: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: pod('Never') } } } },
  }[kind];
  const apiVersion = `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { name: 'web', namespace }, spec: { ...spec, ...more } };
}

async function doDeploy(t: Test, kind: WorkloadKindName, namespace: string, digest: string, timeout = '300s') {
  const io = testIo();
  const result = await deploy(
    {
      ...TO_STAGING,
      workloads: formatWorkload({ kind, name: 'web' }),
      namespace,
      image: `${repository}@${digest}`,
      timeout,
    },
    io,
  );
  const failure = result.ok ? undefined : result.error;
  t.comment(`${kind}\n${io.out()}${JSON.stringify(result, null, 2)}`);
  return {
    out: io.out(),
    summary: result.ok ? result.value.summary : '',
    code: failure?.code ?? 0,
    cause: failure?.cause ?? '',
    details: failure?.details?.join('\n') ?? '',
  };
}

t.test('on a cluster', { skip, jobs: 6, timeout: 1_800_000 }, async (t) => {
  const [first, good, crash] = await Promise.all([
    makeImage(repository, 'echo first; exec sleep 3600'),
    makeImage(repository, 'echo serving; exec sleep 3600'),
    makeImage(repository, 'echo starting; echo boom; exit 3'),
  ]);
  const old = `${repository}@${first}`;

  // What only waits comes first: the others are done beside it.
  t.test(
    'rollout: a canary that waits for a person, one that is aborted',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await makeNamespace(t, undefined, 'rollout');
      await apply(
        manifest('rollout', ns, old, { strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } }),
      );
      // Only from a stable version on a Rollout goes by its steps.
      await kubectl(['-n', ns, 'wait', '--for=jsonpath={.status.phase}=Healthy', 'rollout/web', '--timeout=600s']);
      const waiting = await doDeploy(t, 'rollout', ns, good, '90s');
      t.equal(waiting.code, 70);
      t.match(waiting.cause, /timed out after 90s: .*is Paused: CanaryPauseStep; it goes on when somebody promotes it/);
      const abort = { status: { abort: true } };
      await kubectl([
        ...['-n', ns, 'patch', 'rollout', 'web', '--subresource=status', '--type=merge'],
        ...['-p', JSON.stringify(abort)],
      ]);
      const end = await doDeploy(t, 'rollout', ns, good);
      t.equal(end.code, 1);
      t.match(end.cause, /Rollout web is Degraded: RolloutAborted/);
    },
  );

  for (const kind of ['deployment', 'statefulset', 'daemonset', 'rollout'] as const) {
    t.test(`${kind}: to the digest, again, and one that crashes`, { buffered: true, timeout: 900_000 }, async (t) => {
      const ns = await makeNamespace(t, undefined, kind);
      await apply(manifest(kind, ns, old));
      const done = await doDeploy(t, kind, ns, good);
      t.equal(done.code, 0, done.cause);
      t.match(done.summary, `Running ${good} on ${kind === 'daemonset' ? '1 Pod' : '2 Pods'}: ${kind}/web`);
      const images = await kubectl([
        ...['-n', ns, 'get', 'pods', '--field-selector=status.phase=Running'],
        ...['-o', 'jsonpath={.items[*].spec.containers[*].image}'],
      ]);
      t.same(new Set(images.split(' ')), new Set([`${repository}@${good}`]), 'every Pod runs the digest');
      t.match((await doDeploy(t, kind, ns, good)).summary, 'nothing was changed');
      const failed = await doDeploy(t, kind, ns, crash);
      t.equal(failed.code, 1);
      t.match(failed.cause, /container "web" of Pod web-\S+ exited with code 3, 3 times in a row/);
    });
  }

  t.test('cronjob: its next Job has the digest', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t, undefined, 'cronjob');
    await apply(manifest('cronjob', ns, old));
    const done = await doDeploy(t, 'cronjob', ns, good);
    t.equal(done.code, 0, done.cause);
    t.match(done.summary, `Set to ${good}, for their next Jobs: cronjob/web`);
    const image = await kubectl(['-n', ns, 'get', 'cronjob', 'web', '-o', 'jsonpath={..containers[0].image}']);
    t.equal(image, `${repository}@${good}`);
  });

  t.test('what would not reach every Pod is refused', { buffered: true, timeout: 600_000 }, async (t) => {
    const cases = [
      ['statefulset', { updateStrategy: { type: 'OnDelete' } }, 'has the updateStrategy OnDelete'],
      [
        'statefulset',
        { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
        'has a partition of 1, so 1 of its 2 Pods would keep',
      ],
      ['daemonset', { updateStrategy: { type: 'OnDelete' } }, 'has the updateStrategy OnDelete'],
      ['rollout', { paused: true }, 'is paused, so it would not roll out'],
    ] as const;
    for (const [kind, more, cause] of cases) {
      const ns = await makeNamespace(t, undefined, kind);
      await apply(manifest(kind, ns, old, more));
      const end = await doDeploy(t, kind, ns, good);
      t.equal(end.code, 1);
      t.match(end.cause, `${kind}/web ${cause}`);
      const images = await kubectl(['-n', ns, 'get', kind, 'web', '-o', 'jsonpath={..containers[0].image}']);
      t.equal(images, old, 'nothing was changed');
    }
  });

  t.test('statefulset, daemonset: Pods that may not be made', { buffered: true, timeout: 600_000 }, async (t) => {
    for (const kind of ['statefulset', 'daemonset'] as const) {
      const ns = await makeNamespace(t, undefined, kind);
      await apply(manifest(kind, ns, old));
      await kubectl(['label', 'namespace', ns, 'pod-security.kubernetes.io/enforce=restricted']);
      await untilRefused(ns, 'violates PodSecurity');
      const end = await doDeploy(t, kind, ns, good);
      t.equal(end.code, 1);
      t.match(end.cause, /no Pod can be made: .*violates PodSecurity/);
    }
  });
});
