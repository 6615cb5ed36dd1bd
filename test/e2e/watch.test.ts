import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import type { Pod, Workload } from '../../src/kubernetes/objects.js';
import { deployRules } from '../../src/kubernetes/permissions.js';
import { testIo } from '../support/test-io.js';
import { makeDeployment, makeNamespace } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/** How soon `deploy` says what the API server knows, beside a watch of kubectl's. */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/watch-e2e-${randomBytes(4).toString('hex')}`;
/** Seconds: bench/deploy.mjs measures; a busy machine is slower, and the time-out of the command is far away. */
const SOON = 60;
if (skip === false) t.setTimeout(1_800_000);

/** Resolves with the time at which kubectl's watch shows an object that is so. */
function seenByKubectl<T>(t: Test, namespace: string, what: string, isSo: (object: T) => boolean): Promise<number> {
  const child = spawn('kubectl', ['-n', namespace, 'get', what, '--watch', '--output=json']);
  t.teardown(() => void child.kill());
  return new Promise((done) => {
    let text = '';
    createInterface(child.stdout).on('line', (line) => {
      text += line;
      if (line !== '}') return;
      if (isSo(JSON.parse(text))) done(Date.now());
      text = '';
    });
  });
}

async function doDeploy(t: Test, namespace: string, digest: string) {
  const io = testIo();
  const result = await deploy(
    {
      ...TO_STAGING,
      workloads: 'deployment/web',
      namespace,
      image: `${repository}@${digest}`,
      timeout: '300s',
    },
    io,
  );
  const at = Date.now();
  t.comment(io.out());
  return { result, at, out: io.out() };
}

t.test('on a cluster', { skip, timeout: 1_800_000 }, async (t) => {
  const [first, good] = await Promise.all([
    makeImage(repository, 'echo first; exec sleep 3600'),
    makeImage(repository, 'echo serving; exec sleep 3600'),
  ]);
  const image = `${repository}@${first}`;
  const container = { readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } };

  t.test('an image that cannot be pulled', { timeout: 600_000 }, async (t) => {
    const namespace = await makeNamespace(t);
    await makeDeployment(namespace, { image, container });
    const known = seenByKubectl<Pod>(t, namespace, 'pods', ({ status }) =>
      /ErrImagePull|ImagePullBackOff/.test(JSON.stringify(status)),
    );
    const { result, at, out } = await doDeploy(t, namespace, `sha256:${'0'.repeat(64)}`);
    t.match(result, { ok: false, error: { code: 1, cause: /cannot be pulled/ } });
    t.notMatch(out, 'asking again');
    const seconds = (at - (await known)) / 1000;
    t.comment(`verdict ${seconds} s after the API server knew`);
    t.ok(seconds < SOON);
  });

  for (const [what, rules] of [
    ['a success', undefined],
    [
      'a success, to a user who may not watch',
      deployRules([{ kind: 'deployment' }]).map((rule) => ({
        ...rule,
        verbs: rule.verbs.filter((verb) => verb !== 'watch'),
      })),
    ],
  ] as const) {
    t.test(what, { timeout: 600_000 }, async (t) => {
      const namespace = await makeNamespace(t, rules);
      await makeDeployment(namespace, { image, container });
      const known = seenByKubectl<Workload>(t, namespace, 'deployment/web', ({ metadata, spec, status = {} }) => {
        const isNew = spec.template?.spec.containers[0]?.image?.endsWith(good) === true;
        return (
          isNew &&
          status.observedGeneration === metadata.generation &&
          status.updatedReplicas === 1 &&
          status.availableReplicas === 1 &&
          status.replicas === 1
        );
      });
      const { result, at, out } = await doDeploy(t, namespace, good);
      t.match(result, { ok: true });
      t.notMatch(out, 'asking again');
      const seconds = (at - (await known)) / 1000;
      t.comment(`verdict ${seconds} s after the API server knew`);
      t.ok(seconds < SOON);
    });
  }
});
