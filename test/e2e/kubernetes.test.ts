import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Failure } from '../../src/commands/command.js';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Http } from '../../src/io/io.js';
import { deployRules, migrationRules, templateRules } from '../../src/kubernetes/permissions.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeDeployment, makeNamespace, makeQuota } from './cluster.js';
import { cutLogs } from './cut-logs.js';
import { makeLedger } from './ledger.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/**
 * Both commands against a real cluster, as a user who has exactly the Role that `gen-config companions` writes,
 * or for a migration its rules of src/kubernetes/permissions.ts alone. Each test has a namespace of its own.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER', 'LAB_GATEWAY');
const registry = process.env['LAB_REGISTRY'] ?? '';
const gateway = process.env['LAB_GATEWAY'] ?? '';
const id = randomBytes(4).toString('hex');
const repository = `${registry}/kube-e2e-${id}`;
/** What a migration alone may do. */
const MIGRATION = [...templateRules({ kind: 'deployment' }), ...migrationRules];
/** Longer than a busy machine takes to start a Pod: a command that waits this long has not seen what it should see. */
const PATIENCE = '300s';
/** What is told at once is told in far less, in seconds; the Pod's own start on a busy machine is in it. */
const SOON = 120;
const ABSENT = `sha256:${'0'.repeat(64)}`;

/** How a migration is run where a test does not say. */
const HOW = { container: '', manifest: '', grace: '5m', failed_before: 'rerun', on_cancel: 'leave' };

const shared = {
  ...TO_STAGING,
};

async function doDeploy(t: Test, namespace: string, digest: string, more: object = {}) {
  const io = testIo();
  const start = Date.now();
  const given = {
    ...shared,
    workloads: 'deployment/web',
    namespace,
    image: `${repository}@${digest}`,
    timeout: PATIENCE,
  };
  const result = await deploy({ ...given, ...more }, io);
  return finish(t, io.out(), result, start);
}

interface Migration {
  readonly http?: Http;
  readonly timeout?: string;
  readonly command?: string;
  readonly signal?: AbortSignal;
  /** What happens when it is so. */
  readonly when?: { is(out: string): boolean; act(): void };
}

async function doMigrate(t: Test, namespace: string, digest: string, script: string, migration: Migration = {}) {
  const { http, signal, when, ...more } = migration;
  const io = testIo({ ...(signal ? { signal } : {}), ...(http ? { http } : {}) });
  const look = setInterval(() => when?.is(io.out()) && when.act(), 100);
  t.teardown(() => clearInterval(look));
  const start = Date.now();
  const given = { ...shared, workload: 'deployment/web', namespace, timeout: PATIENCE, ...HOW };
  const command = JSON.stringify(['sh', '-c', script]);
  const result = await runMigration({ ...given, command, image: `${repository}@${digest}`, ...more }, io);
  return finish(t, io.out(), result, start);
}

type Given =
  | { readonly ok: true; readonly value: { summary: string } }
  | { readonly ok: false; readonly error: Failure };

function finish(t: Test, out: string, result: Given, start: number) {
  const failure = result.ok ? undefined : result.error;
  const details = failure?.details?.join('\n') ?? '';
  const seconds = (Date.now() - start) / 1000;
  const said = result.ok
    ? result.value.summary
    : `${result.error.code}: ${result.error.cause}\n${details}\n=> ${result.error.next}`;
  t.comment(`${seconds.toFixed(1)} s\n${out}${said}`);
  return {
    out,
    seconds,
    details,
    summary: result.ok ? result.value.summary : '',
    cause: failure?.cause ?? '',
    code: failure?.code ?? 0,
    next: failure?.next ?? '',
  };
}

// A namespace that comes and goes, several Pods one after the other: longer than tap's 30 s.
if (skip === false) t.setTimeout(1_800_000);

t.test('on a cluster', { skip, jobs: 5, timeout: 1_800_000 }, async (t) => {
  const [first, good, crash] = await Promise.all([
    makeImage(repository, 'echo first; exec sleep 3600'),
    makeImage(repository, 'echo serving; exec sleep 3600'),
    makeImage(repository, 'echo starting; echo boom; exit 3'),
  ]);
  const running = { image: `${repository}@${first}` };

  // What only waits comes first: the others are done beside it.
  t.test(
    'deploy: never ready times out with the words of the probe',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t);
      const exec = { command: ['cat', '/nowhere'] };
      await makeDeployment(ns, { ...running, container: { readinessProbe: { exec, periodSeconds: 1 } } });
      const end = await doDeploy(t, ns, good, { timeout: '90s' });
      t.equal(end.code, 70);
      t.match(end.cause, /deployment\/web timed out after 90s: .*Readiness probe failed: .*\/nowhere/);
    },
  );

  t.test('migration: too slow is 70, out of memory is named', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t, MIGRATION);
    await makeDeployment(ns, { ...running, replicas: 0, container: { resources: { limits: { memory: '16Mi' } } } });
    const slow = await doMigrate(t, ns, good, 'echo begin; sleep 600', { timeout: '90s' });
    t.equal(slow.code, 70);
    t.match(slow.out, 'begin\n');
    const greedy = await doMigrate(t, ns, good, 'tail /dev/zero');
    t.match(greedy.cause, /container "web" was killed: out of memory/);
  });

  t.test(
    'deploy: two workloads to the digest, and again without a change',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t);
      await makeDeployment(ns, { ...running, replicas: 2 });
      await makeDeployment(ns, { ...running, name: 'worker', spec: {} });
      const workloads = 'deployment/web,deployment/worker';
      const dry = await doDeploy(t, ns, good, { workloads, dry_run: true });
      t.match(dry.summary, 'Dry run: 2 of 2 workloads would change; nothing was changed.');
      const done = await doDeploy(t, ns, good, { workloads });
      t.equal(done.code, 0, done.cause);
      t.match(done.out, `deployment/web: container web: ${first.slice(0, 19)}.. -> ${good.slice(0, 19)}..`);
      t.match(done.summary, good);
      const images = await kubectl(['-n', ns, 'get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[*].image}']);
      t.same(new Set(images.split(' ')), new Set([`${repository}@${good}`]), 'every Pod runs the digest');
      const before = await kubectl(['-n', ns, 'get', 'deployments', '-o', 'jsonpath={.items[*].metadata.generation}']);
      const again = await doDeploy(t, ns, good, { workloads });
      t.equal(again.code, 0, again.cause);
      t.match(again.out, 'already, nothing to change');
      const after = await kubectl(['-n', ns, 'get', 'deployments', '-o', 'jsonpath={.items[*].metadata.generation}']);
      t.equal(after, before, 'a second run changes nothing');
    },
  );

  t.test('deploy: an image that is not there fails within seconds', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t);
    await makeDeployment(ns, running);
    const end = await doDeploy(t, ns, ABSENT);
    t.equal(end.code, 1);
    t.match(
      end.cause,
      /deployment\/web failed: container "web" of Pod web-\S+: its image cannot be pulled: .*not found/,
    );
    t.ok(end.seconds < SOON, `${end.seconds} s`);
    t.match(end.details, /on node \S+/);
    t.match(end.details, 'events:');
    t.match(end.next, `build-once rollback --environment staging --namespace ${ns} --workloads deployment/web`);
  });

  t.test('deploy: a crash loop, with the last log lines', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t);
    await makeDeployment(ns, running);
    const end = await doDeploy(t, ns, crash);
    t.equal(end.code, 1);
    t.match(end.cause, /container "web" of Pod web-\S+ exited with code 3, 3 times in a row/);
    // Of the containers that ended a node keeps one or two; which, is up to it.
    t.match(end.details, /last log lines of the (previous )?container:\n\s+starting\n\s+boom|is gone from the node/);
  });

  t.test('deploy: a secret key that is missing', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t);
    const valueFrom = { secretKeyRef: { name: 'database', key: 'url' } };
    await apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'database', namespace: ns },
      stringData: { a: 'b' },
    });
    await makeDeployment(ns, { ...running, container: { env: [{ name: 'DATABASE_URL', valueFrom }] } });
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 1);
    t.match(end.cause, /it cannot be configured: couldn't find key url in Secret/);
    t.ok(end.seconds < SOON, `${end.seconds} s`);
  });

  t.test(
    'deploy: no container has the image, or the workload is not there, or may not be read: nothing is changed',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t);
      await makeDeployment(ns, running);
      await makeDeployment(ns, { name: 'other', image: `${registry}/lab/pause:1`, replicas: 0 });
      const end = await doDeploy(t, ns, good, { workloads: 'deployment/web,deployment/other,deployment/absent' });
      t.equal(end.code, 1);
      t.match(end.cause, `deployment/other has no container with an image of ${repository}`);
      t.match(end.details, `web (${registry}/lab/pause:1)`);
      t.match(end.details, `there is no Deployment "absent" in namespace "${ns}"`);
      t.match(end.next, 'Nothing was changed.');
      const image = await kubectl(['-n', ns, 'get', 'deployment', 'web', '-o', 'jsonpath={..containers[0].image}']);
      t.equal(image, running.image);
      const rules = deployRules([{ kind: 'deployment' }]).map((rule) => ({
        ...rule,
        verbs: rule.verbs.filter((verb) => verb !== 'patch'),
      }));
      const other = await makeNamespace(t, rules);
      await makeDeployment(other, running);
      const forbidden = await doDeploy(t, other, good);
      t.equal(forbidden.code, 1);
      t.match(forbidden.cause, `user "deployer" may not patch deployments.apps in namespace "${other}"`);
      t.match(forbidden.cause, '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]}');
    },
  );

  t.test('deploy: a quota that leaves no room for any new Pod', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t);
    await makeDeployment(ns, { ...running, spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } });
    await kubectl(['-n', ns, 'rollout', 'status', 'deployment/web', '--timeout=300s']);
    await makeQuota(ns, 1);
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 1);
    t.match(end.cause, /no Pod can be made: .*exceeded quota: small/);
    t.ok(end.seconds < SOON, `${end.seconds} s`);
  });

  t.test(
    'migration: log in order, success, and not run a second time',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t, MIGRATION);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const script = 'for i in $(seq 1 200); do echo line $i; done; sleep 2; printf "no newline"';
      const end = await doMigrate(t, ns, good, script);
      t.equal(end.code, 0, end.cause);
      const lines = end.out.split('\n').filter((line) => line.startsWith('line '));
      t.same(
        lines,
        Array.from({ length: 200 }, (_, at) => `line ${at + 1}`),
      );
      t.match(end.out, /\nno newline\n/);
      const again = await doMigrate(t, ns, good, script);
      t.equal(again.code, 0);
      t.match(again.summary, 'ran before and succeeded');
      t.match(again.out, 'line 200\n', 'its log is shown again');
      const made = await kubectl(['-n', ns, 'get', 'pods', '-o', 'name']);
      t.equal(made.trim().split('\n').length, 1, 'nothing runs a second time');
      const other = await doMigrate(t, ns, first, script);
      t.equal(other.code, 1);
      t.match(other.cause, `with digest ${good} and not ${first}`);
      const labels = await kubectl(['-n', ns, 'get', 'pods', '-o', 'jsonpath={.items[*].metadata.labels.app}']);
      t.equal(labels, '', "the Job's Pod does not have the labels of the workload");
    },
  );

  t.test(
    'migration: a log stream that is cut again and again loses no line',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t, MIGRATION);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const { http, cuts } = cutLogs((stream) => stream * 2000);
      const ledger = await makeLedger(t, gateway);
      const pace = `[ $((i % 5)) != 0 ] || sleep 0.1; [ $i != 390 ] || ${ledger.hold('cut')}`;
      const script = `for i in $(seq 1 400); do echo line $i; ${pace}; done`;
      const end = await doMigrate(t, ns, good, script, {
        http,
        when: { is: () => cuts() >= 3, act: () => ledger.release('cut') },
      });
      t.equal(end.code, 0, end.cause);
      const lines = end.out.split('\n').filter((line) => line.startsWith('line '));
      t.same(
        lines,
        Array.from({ length: 400 }, (_, at) => `line ${at + 1}`),
      );
    },
  );

  t.test(
    'migration: fails with its exit code; a re-run tells of it and tries again',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t, MIGRATION);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const script = 'echo migrating; echo relation exists >&2; exit 3';
      const end = await doMigrate(t, ns, good, script);
      t.equal(end.code, 1);
      t.equal(end.cause, 'migration failed: container "web" exited with code 3');
      t.match(end.out, 'migrating\n');
      t.match(end.details, 'relation exists');
      const again = await doMigrate(t, ns, good, script);
      t.match(again.out, /failed before, at .*\n.*last log lines/);
      t.match(again.out, 'It is deleted and run anew.');
      t.equal(again.cause, 'migration failed: container "web" exited with code 3');
    },
  );

  t.test(
    'migration: a Job that runs is taken up, its log from the start',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t, MIGRATION);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const ledger = await makeLedger(t, gateway);
      const script = `for i in $(seq 1 20); do echo line $i; [ $i != 3 ] || ${ledger.hold('taken')}; done`;
      const stop = new AbortController();
      const interrupted = await doMigrate(t, ns, good, script, {
        signal: stop.signal,
        when: { is: (out) => out.includes('line 3'), act: () => stop.abort() },
      });
      t.equal(interrupted.code, 1);
      t.match(interrupted.cause, 'goes on in the cluster');
      const end = await doMigrate(t, ns, good, script, {
        when: { is: (out) => out.includes('line 3'), act: () => ledger.release('taken') },
      });
      t.equal(end.code, 0, end.cause);
      t.match(end.out, 'is running already');
      const lines = end.out.split('\n').filter((line) => line.startsWith('line '));
      t.same(
        lines,
        Array.from({ length: 20 }, (_, at) => `line ${at + 1}`),
      );
      t.equal(await kubectl(['-n', ns, 'get', 'jobs', '-o', 'name']).then((text) => text.trim().split('\n').length), 1);
    },
  );

  t.test(
    'migration: what keeps it from starting is told within seconds',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await makeNamespace(t, MIGRATION);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const image = await doMigrate(t, ns, ABSENT, 'true');
      t.equal(image.code, 1);
      t.match(image.cause, /migration failed: .*its image cannot be pulled: .*not found/);
      t.ok(image.seconds < SOON, `${image.seconds} s`);
      t.match(image.details, 'was deleted: its container never started');
      const valueFrom = { secretKeyRef: { name: 'absent', key: 'url' } };
      await makeDeployment(ns, { ...running, replicas: 0, container: { env: [{ name: 'DATABASE_URL', valueFrom }] } });
      const secret = await doMigrate(t, ns, good, 'true');
      t.match(secret.cause, 'secret "absent" not found');
      t.ok(secret.seconds < SOON, `${secret.seconds} s`);
      await makeDeployment(ns, { ...running, replicas: 0 });
      const start = await doMigrate(t, ns, good, '', { command: '["/nowhere"]' });
      t.match(start.cause, /container "web" could not be started: .*\/nowhere.*no such file/);
      await makeQuota(ns, 0);
      const quota = await doMigrate(t, ns, good, 'echo other');
      t.match(quota.cause, /no Pod can be made: .*exceeded quota/);
      t.ok(quota.seconds < SOON, `${quota.seconds} s`);
      const forbidden = await doMigrate(t, await makeNamespace(t, []), good, 'true');
      t.match(forbidden.cause, 'user "deployer" may not get deployments.apps');
    },
  );
});
