import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { makeWorld } from './delivery-world.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/** Going back, by itself and by hand: real images, real Pods, and a user who has the Role of the companions. */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/rollback-e2e-${randomBytes(4).toString('hex')}`;
t.jobs = 2;
if (skip === false) t.setTimeout(1_800_000);

const SET = [
  'deployment/web',
  'deployment/worker',
  'statefulset/queue',
  'daemonset/agent',
  'cronjob/report',
  'rollout/shop',
];
const ready = { readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 } };

/** A set of every kind, each with a name of its own in $ROLE, so that an image can fail in one of them alone. */
async function makeSet(namespace: string, image: string): Promise<void> {
  const template = (role: string, more: object = {}) => ({
    metadata: { labels: { app: role } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        { name: 'web', image, command: ['sh', '/run.sh'], env: [{ name: 'ROLE', value: role }], ...ready, ...more },
      ],
    },
  });
  const common = (role: string) => ({ selector: { matchLabels: { app: role } }, template: template(role) });
  for (const name of ['web', 'worker']) {
    await makeDeployment(namespace, { name, image, replicas: 2, spec: common(name) });
  }
  const object = (apiVersion: string, kind: string, name: string, spec: object) =>
    apply({ apiVersion, kind, metadata: { name, namespace }, spec });
  await object('apps/v1', 'StatefulSet', 'queue', { ...common('queue'), replicas: 2, serviceName: 'queue' });
  await object('apps/v1', 'DaemonSet', 'agent', common('agent'));
  await object('argoproj.io/v1alpha1', 'Rollout', 'shop', {
    ...common('shop'),
    replicas: 2,
    strategy: { canary: { steps: [{ setWeight: 50 }] } },
  });
  const job = { spec: { ...template('report', { readinessProbe: undefined }).spec, restartPolicy: 'Never' } };
  await object('batch/v1', 'CronJob', 'report', { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: job } } });
}

async function doDeploy(t: Test, namespace: string, digest: string, more: object = {}) {
  const io = testIo();
  const result = await deploy(
    {
      ...TO_STAGING,
      rollback: 'automatic',
      workloads: SET.join(','),
      namespace,
      image: `${repository}@${digest}`,
      timeout: '600s',
      ...more,
    },
    io,
  );
  const { code = 0, cause = '', details = [] } = result.ok ? {} : result.error;
  t.comment(`${io.out()}${JSON.stringify(result, null, 2)}`);
  return { code, cause, details: details.join('\n'), out: io.out() };
}

const SERVE = 'touch /tmp/ready; exec sleep 3600';

t.test('a set of every kind, by itself', { skip, buffered: true, timeout: 1_800_000 }, async (t) => {
  const kinds = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'rollout'] as const;
  const [first, good, crash, lazy] = await Promise.all([
    makeImage(repository, `echo first; ${SERVE}`),
    makeImage(repository, `echo good; ${SERVE}`),
    makeImage(repository, `[ "$ROLE" = queue ] && echo boom && exit 3; ${SERVE}`),
    makeImage(repository, `[ "$ROLE" = queue ] && exec sleep 3600; ${SERVE}`),
  ]);
  const namespace = await makeNamespace(t, undefined, kinds);
  await makeSet(namespace, `${repository}@${first}`);

  /** What templates name, and what Pods run that are not on their way out. */
  const images = async () => {
    const path =
      'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{.spec.jobTemplate.spec.template.spec.containers[0].image} {end}';
    const all = 'deployments,statefulsets,daemonsets,cronjobs,rollouts.argoproj.io';
    const templates = (await kubectl(['-n', namespace, 'get', all, '-o', path])).trim().split(/\s+/);
    const pods = JSON.parse(await kubectl(['-n', namespace, 'get', 'pods', '-o', 'json'])).items as {
      metadata: { deletionTimestamp?: string };
      spec: { containers: { image: string }[] };
    }[];
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return { templates, pods: living.map(({ spec }) => spec.containers[0]?.image) };
  };
  const runsOnly = async (digest: string) => {
    const { templates, pods } = await images();
    t.equal(templates.length, SET.length);
    t.same(new Set([...templates, ...pods]), new Set([`${repository}@${digest}`]));
    t.ok(pods.length >= 9, `${pods.length} Pods`);
  };

  const begun = await doDeploy(t, namespace, good);
  t.equal(begun.code, 0, begun.cause);
  await runsOnly(good);
  const record = await kubectl([
    '-n',
    namespace,
    'get',
    'statefulset',
    'queue',
    '-o',
    'jsonpath={.metadata.annotations}',
  ]);

  t.comment('--- a version that crashes in one of them');
  const end = await doDeploy(t, namespace, crash);
  t.equal(end.code, 75, end.cause);
  t.match(end.cause, /^statefulset\/queue failed: container "web" of Pod queue-1 exited with code 3, 3 times in a row/);
  t.match(end.details, /boom[\s\S]*rolled back, after/);
  t.match(end.out, /statefulset\/queue: deleted Pod queue-1/);
  await runsOnly(good);
  t.equal(
    await kubectl(['-n', namespace, 'get', 'statefulset', 'queue', '-o', 'jsonpath={.metadata.annotations}']),
    record,
    'and its record is as it was',
  );

  t.comment('--- a good one after one that was left broken');
  t.equal((await doDeploy(t, namespace, `sha256:${'0'.repeat(64)}`, { rollback: 'none' })).code, 1);
  const mended = await doDeploy(t, namespace, first);
  t.equal(mended.code, 0, mended.cause);
  await runsOnly(first);
  t.equal((await doDeploy(t, namespace, good)).code, 0);

  t.comment('--- one that is never ready');
  const late = await doDeploy(t, namespace, lazy, { timeout: '60s', workloads: 'cronjob/report,statefulset/queue' });
  t.equal(late.code, 75, late.cause);
  t.match(late.cause, /^statefulset\/queue timed out after 60s/);
  await runsOnly(good);

  t.comment('--- and a good one works');
  const next = await doDeploy(t, namespace, first);
  t.equal(next.code, 0, next.cause);
  await runsOnly(first);
});

t.test('by hand', { skip, buffered: true, timeout: 1_800_000 }, async (t) => {
  const { namespace, repository, publish, job, deliver, read, state } = await makeWorld(t);
  const [first, second, third] = [await publish('first'), await publish('second'), await publish('third')];
  t.match(await job(first).rollback('previous'), /^1: what deployment\/web ran before is not known/);
  await deliver(first);
  await deliver(second);

  const before = await state();
  const shown = job(second);
  t.match(await shown.rollback('previous', { dry_run: true }), 'ok: Dry run: 1 of 1 workloads would go back');
  t.match(
    shown.io.out(),
    `runs:       deployment/web: commit ${second.commit}: ${repository}@${second.digest}, built `,
  );
  t.match(shown.io.out(), `returns to: deployment/web: commit ${first.commit}: ${repository}@${first.digest}, built `);
  t.match(
    shown.io.out(),
    /deployed 20.*, for user 01234567-89ab-cdef-0123-456789abcdef, https:\/\/app\.circleci\.com\/jobs\/1/,
  );
  t.match(shown.io.out(), 'A migration is not undone');
  t.same(await state(), before);

  t.match(
    await job(third).rollback('previous'),
    `ok: production runs ${repository}@${first.digest} again: deployment/web; after`,
  );
  t.match(await state(), [/^\d+$/, `${repository}@${first.digest}`]);
  t.match(JSON.parse(await read('.metadata.annotations')), {
    'build-once/commit': first.commit,
    'build-once/digest': first.digest,
    'kubernetes.io/change-cause': `build-once rollback of production to commit ${first.commit}: ${first.digest.slice(0, 19)}..`,
  });
  t.match(
    await job(third).rollback('previous'),
    `1: deployment/web runs what a rollback has brought, so its previous one is what was gone back from: commit ${second.commit}`,
  );

  t.comment('--- what descends from it can be deployed, and an older one is late');
  await deliver(third);
  t.match(await job(second).verify(), `1: production runs a newer commit than ${second.commit}`);
  t.match(await job(third).rollback(first.commit), /^ok/);
  t.match(await state(), [/^\d+$/, `${repository}@${first.digest}`]);
  t.match(await job(third).rollback(third.digest), /^ok/, 'and forward, to what it has passed');
  t.match(
    await job(first).verify(),
    `1: production runs a newer commit than ${first.commit}`,
    'an approval that is clicked late',
  );

  const { said, out } = await job(third).status();
  t.match(said, 'ok: 1 workload.');
  t.match(
    out,
    new RegExp(
      `deployment/web +${third.commit.slice(0, 12)} +${third.digest.slice(0, 19)}.. +20.*Z +1 of 1 replicas updated, 1 available +\\S+\n`,
    ),
  );

  t.comment('--- what it has never passed');
  const never = await publish('never');
  t.match(
    await job(third).rollback(never.commit),
    `1: production has never passed commit ${never.commit}: there is no tag production.${never.commit} in`,
  );
  t.match(await job(third).rollback(never.digest), `1: production has never passed commit ${never.commit}`);
  t.match(await job(third).rollback('9.9.9'), `1: there is no image 9.9.9 in`);
  t.match(await job(third).rollback('latest'), `2: --to is "latest": expected previous`);
  const history = await kubectl(['-n', namespace, 'rollout', 'history', 'deployment/web']);
  t.match(history, `build-once rollback of production to commit ${third.commit}`);
});
