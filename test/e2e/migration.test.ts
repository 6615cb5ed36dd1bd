import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { migrationRules, templateRules } from '../../src/kubernetes/permissions.js';
import { apiProxy } from './api-proxy.js';
import { kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { inLanes } from './in-lanes.js';
import { makeLedger } from './ledger.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { podWebhook } from './webhook.js';

/**
 * What `build-once run-migration` does when it is not alone, and when it, or the API server, is killed or cut off: the
 * program itself as jobs run it, with the rights of a migration, against a real cluster.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER', 'LAB_GATEWAY');
const gateway = process.env['LAB_GATEWAY'] ?? '';
const deployer = process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '';
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/migration-e2e-${randomBytes(4).toString('hex')}`;
const RULES = [...templateRules({ kind: 'deployment' }), ...migrationRules];
const LINES = 12;
/** Lines in the log; `then` is what happens after each, a command of a shell that knows its number as $i. */
const lines = (then: string) => `for i in $(seq 1 ${LINES}); do echo line $i; ${then}; done`;
const WHOLE = Array.from({ length: LINES }, (_, at) => `line ${at + 1}`);
/** For each test its own: tap writes into it. */
const buffered = () => ({ buffered: true, timeout: 1_800_000 });

interface World {
  readonly namespace: string;
  readonly image: string;
}

interface Run {
  readonly child: ChildProcess;
  /** All that was printed so far. */
  out(): string;
  /** Resolves when the process is gone: its exit code, or the signal that killed it. */
  readonly end: Promise<number | NodeJS.Signals | null>;
}

interface Options {
  readonly script: string;
  readonly commit?: string;
  readonly kubeconfig?: string;
  readonly environment?: string;
  /** URL of the CircleCI job. */
  readonly job?: string;
  readonly flags?: readonly string[];
}

function migrate(t: Test, { namespace, image }: World, options: Options): Run {
  const {
    script,
    commit = 'a',
    kubeconfig = deployer,
    environment = 'staging',
    job = 'https://ci.example/1',
  } = options;
  const given = {
    command: JSON.stringify(['sh', '-c', script]),
    environment,
    namespace,
    image,
    kubeconfig: '$CONFIG',
    commit: commit.repeat(40).slice(0, 40),
    workload: 'deployment/web',
    timeout: '600s',
  };
  const flags = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(
    process.execPath,
    [resolve('dist/build-once.mjs'), 'run-migration', ...flags, ...(options.flags ?? [])],
    {
      env: { PATH: process.env['PATH'], CIRCLE_BUILD_URL: job, CONFIG: kubeconfig },
    },
  );
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (out += piece));
  const end = new Promise<number | NodeJS.Signals | null>((done) => {
    child.on('close', (code, signal) => done(code ?? signal));
  });
  return { child, end, out: () => out };
}

/** Waits until it has printed that. */
async function printed(run: Run, text: string): Promise<void> {
  let isOver = false;
  void run.end.then(() => (isOver = true));
  while (!run.out().includes(text) && !isOver) await setTimeout(50);
}

const linesOf = (out: string) => out.split('\n').filter((line) => /^line \d+$/.test(line));
const get = (world: World, what: string, path: string) =>
  kubectl(['-n', world.namespace, 'get', what, `-o=jsonpath=${path}`]);

if (skip === false) t.setTimeout(3_600_000);

t.test('run-migration on a cluster', { skip, jobs: 3, timeout: 3_600_000 }, async (t) => {
  const image = `${repository}@${await makeImage(repository, 'sleep 3600')}`;
  const makeWorld = async (t: Test, pod: object = {}): Promise<World> => {
    const namespace = await makeNamespace(t, RULES);
    await makeDeployment(namespace, { image, replicas: 0, pod });
    return { namespace, image };
  };

  t.test('two pipelines do not migrate at once', buffered(), async (t) => {
    const world = await makeWorld(t);
    const ledger = await makeLedger(t, gateway);
    const script = (name: string) => `echo begun; ${ledger.hold(name)}; echo ended`;
    const first = migrate(t, world, { script: script('first'), job: 'https://ci.example/1' });
    await printed(first, '\nbegun\n');
    const second = migrate(t, world, { script: 'echo mine', commit: 'b', job: 'https://ci.example/2' });
    await printed(second, 'held by');
    ledger.release('first');
    t.equal(await second.end, 0, second.out());
    t.match(second.out(), /^Lease migrate-staging-\w+: held by https:\/\/ci\.example\/1 for Job migrate-staging-a+-/m);
    t.ok(first.out().includes('\nended\n'), 'the second began when the first had ended');
    t.equal(await first.end, 0, first.out());
    t.equal(await get(world, 'leases', '{.items[*].spec.holderIdentity}'), '', 'and the lock is free');

    t.comment('--- a holder that is killed leaves its Job behind');
    const dead = migrate(t, world, { script: script('dead'), commit: 'c', job: 'https://ci.example/3' });
    await printed(dead, '\nbegun\n');
    dead.child.kill('SIGKILL');
    const next = migrate(t, world, { script: 'echo mine', commit: 'd', job: 'https://ci.example/4' });
    await printed(next, 'still runs');
    ledger.release('dead');
    t.equal(await next.end, 0, next.out());
    t.match(next.out(), /free, but its last Job migrate-staging-c+-\w+ still runs/);
    t.match(next.out(), /The lock, Lease migrate-staging-\w+, is taken over from https:\/\/ci\.example\/3\./);
    const times = await get(world, 'jobs', '{range .items[*]}{.status.startTime} {.status.completionTime}{"\\n"}{end}');
    const [one, two, three, four] = times.trim().split('\n').sort();
    for (const [earlier = '', later = ''] of [
      [one, two],
      [two, three],
      [three, four],
    ] as const)
      t.ok((earlier.split(' ')[1] ?? '~') <= (later.split(' ')[0] ?? ''), `${earlier} is before ${later}`);
  });

  t.test('a cancelled job leaves the migration, or deletes it, and says which', buffered(), async (t) => {
    const world = await makeWorld(t, { terminationGracePeriodSeconds: 120 });
    const ledger = await makeLedger(t, gateway);
    const script = (name: string) =>
      `trap '${ledger.write(`${name}-ended`)}; exit 1' TERM; echo begun; ${ledger.hold(name)} & wait; echo through`;
    const left = migrate(t, world, { script: script('left') });
    await printed(left, '\nbegun\n');
    left.child.kill('SIGTERM');
    const cancelled = Date.now();
    t.equal(await left.end, 1);
    t.ok(Date.now() - cancelled < 60_000, `${Date.now() - cancelled} ms`);
    t.match(left.out(), /run-migration: this job was asked to end; Job \S+ goes on in the cluster\n/);
    ledger.release('left');
    const again = migrate(t, world, { script: script('left'), job: 'https://ci.example/2' });
    t.equal(await again.end, 0, again.out());
    t.match(again.out(), 'begun\nthrough\n');

    const deleted = migrate(t, world, { script: script('deleted'), flags: ['--on-cancel=delete'] });
    await printed(deleted, '\nbegun\n');
    deleted.child.kill('SIGTERM');
    const before = Date.now();
    t.equal(await deleted.end, 1);
    t.comment(`told ${Date.now() - before} ms after the signal`);
    t.match(deleted.out(), /this job was asked to end; Job \S+ was deleted, and the cluster ends its Pod\n/);
    const rerun = migrate(t, world, { script: script('deleted'), job: 'https://ci.example/3' });
    await printed(rerun, 'Made Job');
    ledger.release('deleted');
    t.equal(await rerun.end, 0, rerun.out());
    t.strictSame(ledger.entries, ['deleted-ended']);
  });

  t.test('a container that a mesh injects and that never ends', buffered(), async (t) => {
    const world = await makeWorld(t);
    const proxy = { name: 'mesh-proxy', image, command: ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'] };
    await podWebhook(t, gateway, world.namespace, {
      patch: [{ op: 'add', path: '/spec/containers/0', value: proxy }],
    });
    const good = migrate(t, world, { script: 'echo line 1' });
    t.equal(await good.end, 0, good.out());
    t.match(good.out(), /^line 1\n"mesh-proxy" of Pod \S+ would run on, so the Pod is ended\.\nMigration done: /m);
    const again = migrate(t, world, { script: 'echo line 1', job: 'https://ci.example/2' });
    t.equal(await again.end, 0, again.out());
    t.match(again.out(), 'ran before and succeeded');
    await kubectl(['-n', world.namespace, 'wait', '--for=condition=complete', 'job', '--all', '--timeout=600s']);
    const bad = migrate(t, world, { script: 'echo no such table; exit 3', commit: 'b' });
    t.equal(await bad.end, 1);
    t.match(bad.out(), 'run-migration: migration failed: container "web" exited with code 3\n');
    t.match(bad.out(), 'would run on, so the Pod is ended.');
    const running = () => get(world, 'pods', '{.items[?(@.status.phase=="Running")].metadata.name}');
    // Nothing runs on.
    while ((await running()) !== '') await setTimeout(500);
  });

  t.test('a webhook that refuses, and a drain', buffered(), async (t) => {
    const world = await makeWorld(t);
    // A program that ends with 0 when it is told to end, half way.
    const given = { script: 'trap "exit 0" TERM; echo begun; sleep 300 & wait', flags: ['--failed-before=stop'] };
    const evict = async (commit: string) => {
      const which = `-l=build-once/commit=${commit.repeat(40)}`;
      const name = await kubectl([
        ...['-n', world.namespace, 'get', 'pods', which],
        '-o=jsonpath={.items[0].metadata.name}',
      ]);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: world.namespace } };
      const path = `/api/v1/namespaces/${world.namespace}/pods/${name}/eviction`;
      await kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
      return name;
    };
    // The cluster counts it as failed when it sees the eviction first, and else as a success; and it may still be about to.
    const notDone =
      /run-migration: (Job migrate-staging-\S+ (failed before, at|is Complete, but that proves nothing)|migration failed: )/;
    const drained = migrate(t, world, given);
    await printed(drained, '\nbegun\n');
    await evict('a');
    t.equal(await drained.end, 1, drained.out());
    t.match(
      drained.out(),
      /migration failed: Pod \S+ was put out \(EvictionByEvictionAPI\)|migration failed: Pod \S+ was deleted before/,
    );
    const stopped = migrate(t, world, { ...given, job: 'https://ci.example/2' });
    t.equal(await stopped.end, 1);
    t.match(stopped.out(), notDone);

    const killed = migrate(t, world, { ...given, commit: 'c' });
    await printed(killed, '\nbegun\n');
    killed.child.kill('SIGKILL');
    await killed.end;
    const name = await evict('c');
    await kubectl(['-n', world.namespace, 'wait', '--for=delete', `pod/${name}`, '--timeout=120s']);
    const unseen = migrate(t, world, { ...given, commit: 'c', job: 'https://ci.example/2' });
    t.equal(await unseen.end, 1, unseen.out());
    t.match(unseen.out(), notDone);

    await podWebhook(t, gateway, world.namespace, { refuse: 'images must be signed' });
    const refused = migrate(t, world, { script: 'true', commit: 'b' });
    t.equal(await refused.end, 1);
    t.match(refused.out(), /run-migration: .*admission webhook "\S+" denied the request: images must be signed/);
    t.match(refused.out(), 'was deleted: its container never started');
  });

  t.test('what proves that a migration is done', buffered(), async (t) => {
    const world = await makeWorld(t);
    const job = (number: number) => migrate(t, world, { script: 'echo mine', job: `https://ci.example/${number}` });
    t.equal(await job(1).end, 0);
    const again = job(2);
    t.equal(await again.end, 0, again.out());
    t.match(again.out(), /ran before and succeeded/);
    await kubectl(['-n', world.namespace, 'delete', 'pods', '--all']);
    const noted = job(3);
    t.equal(await noted.end, 0, noted.out());
    t.match(noted.out(), /ran before and succeeded/, 'it is noted');
    await kubectl(['-n', world.namespace, 'annotate', 'jobs', '--all', 'build-once/result-']);
    const anew = job(4);
    t.equal(await anew.end, 0, anew.out());
    t.match(anew.out(), /Complete, but that proves nothing: its Pod is gone[\s\S]*run anew[\s\S]*\nmine\n/);
  });

  t.test('a migration runs once, wherever its job is killed', buffered(), async (t) => {
    const world = await makeWorld(t);
    const ledger = await makeLedger(t, gateway);
    const script = (name: string) =>
      `${ledger.write(name)}; ${lines(`[ $i != 6 ] || ${ledger.hold(name)}`)}; ${ledger.write(`${name}-done`)}`;
    const point = async (name: string, at: number, moment: 'before' | 'after') => {
      const here = { script: script(name), environment: name };
      const proxy = await apiProxy(t);
      const run = migrate(t, world, { ...here, kubeconfig: proxy.kubeconfig });
      proxy.strike = { at, moment, act: () => void run.child.kill('SIGKILL') };
      const killed = await run.end;
      ledger.release(name);
      const again = migrate(t, world, { ...here, job: 'https://ci.example/2' });
      t.equal(await again.end, 0, again.out());
      t.equal(killed, 'SIGKILL', `${name}: killed ${moment} ${proxy.requests[at - 1]}`);
      t.strictSame(linesOf(again.out()), WHOLE, `${name}: the log is whole`);
      t.strictSame([ledger.count(name), ledger.count(`${name}-done`)], [1, 1], `${name}: it ran once`);
    };
    // The deployment, the lock, the Job; then it waits and follows the log.
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const points = numbers.flatMap((at) => [
      { at, moment: 'before' as const },
      { at, moment: 'after' as const },
    ]);
    t.equal(points.length, 22);
    await inLanes(6, async (share) => {
      for (const { at, moment } of share(points)) await point(`kill-${at}-${moment}`, at, moment);
    });
  });

  t.test('a migration runs once, while the API server answers badly', buffered(), async (t) => {
    const world = await makeWorld(t);
    const ledger = await makeLedger(t, gateway);
    const script = `${ledger.write('once')}; ${lines(`[ $i != 6 ] || ${ledger.hold('once')}`)}`;
    const failed = { status: 500, body: 'etcdserver: request timed out' };
    const busy = { status: 429, headers: { 'retry-after': '1' }, body: 'too many requests' };
    const faults = [undefined, failed, undefined, 'cut', undefined, busy] as const;
    const proxy = await apiProxy(t);
    proxy.answer = (number) => faults[number % faults.length];
    const run = migrate(t, world, { script, kubeconfig: proxy.kubeconfig });
    while (proxy.requests.length < 20 && run.child.exitCode === null) await setTimeout(50);
    ledger.release('once');
    t.equal(await run.end, 0, run.out());
    t.strictSame(linesOf(run.out()), WHOLE, 'the log is whole');
    t.equal(ledger.count('once'), 1);
  });
});
