import t from 'tap';
import { type Migration, makeMigrationJob, nameJob } from '../../src/commands/run-migration/migration-job.js';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Condition, Container, PodSpec } from '../../src/kubernetes/objects.js';
import { parseReference } from '../../src/reference.js';
import { type Call, inProcess, type Script, status } from '../kubernetes/scripted-api.js';
import {
  COMMIT,
  complete,
  DIGEST,
  list,
  migrateOptions,
  migrating,
  notFound,
  SHOP,
  stamp,
} from '../support/migrating-cluster.js';
import { fakeClock, testIo } from '../support/test-io.js';

t.test('migration: an hour of silence has a line a minute', async (t) => {
  const clock = fakeClock();
  const isOver = (seconds: number) => seconds > 3600;
  const silent = async function* () {
    yield `${stamp(1)} begin\n`;
    await new Promise(() => undefined);
  };
  const { script } = migrating(clock, {
    jobState: (seconds) => (isOver(seconds) ? complete : []),
    podState: (seconds) => (isOver(seconds) ? { terminated: { exitCode: 0 } } : { running: {} }),
    log: (call) => ({
      pieces: call.query.get('follow') === 'true' ? silent() : [`${stamp(1)} begin\n`, `${stamp(9)} end`],
    }),
  });
  const io = testIo({ clock, http: inProcess(script) });
  t.match(await runMigration({ ...migrateOptions, timeout: '2h' }, io), {
    ok: true,
    value: { summary: /succeeded after 60 min/ },
  });
  const lines = io.out().split('\n');
  const beats = lines.filter((line) => line.startsWith('still waiting after'));
  t.ok(beats.length >= 59 && beats.length <= 61, `${beats.length} lines in 60 minutes`);
  t.match(
    beats[0],
    /still waiting after 1 min 1? ?\d* s: Job migrate-staging-\S+, Pod migrate-1 Running on node node-1/,
  );
  t.equal(lines.filter((line) => line === 'begin').length, 1);
  t.equal(
    lines.filter((line) => line === 'end').length,
    1,
    'the end of a log whose stream hangs is read when the Job is over',
  );
});

t.test('migration: its end is seen at once, without asking for it each second', async (t) => {
  const END = 600;
  const ending: readonly Condition[] = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }];
  const run = async (mayWatch: boolean) => {
    const clock = fakeClock();
    const { script, calls } = migrating(clock, {
      jobState: (seconds) => (seconds > END ? ending : []),
      podState: (seconds) => (seconds > END ? { terminated: { exitCode: 3 } } : { running: {} }),
      log: () => ({ pieces: [`${stamp(1)} begin\n`] }),
    });
    const isWatch = ({ query }: Call) => query.get('watch') !== null;
    const cluster: Script = (call) =>
      isWatch(call) && !mayWatch ? status(403, 'Forbidden', 'User "ci" cannot watch resource "pods"') : script(call);
    const start = clock.now();
    t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(cluster) })), {
      ok: false,
      error: { cause: 'migration failed: container "web" exited with code 3' },
    });
    t.ok((clock.now() - start) / 1000 < END + 5, 'at once');
    return calls.filter((call) => call.method === 'GET' && !isWatch(call) && /\/(jobs\/[^/]+|pods)$/.test(call.path))
      .length;
  };
  const watching = await run(true);
  t.ok(watching < 100, `${watching} requests in ten minutes`);
  const asking = await run(false);
  t.ok(asking > 2 * watching, `${asking} requests of one who may not watch`);
});

t.test('migration: a create whose answer is cut off is found again, not made twice', async (t) => {
  const clock = fakeClock();
  const { script, calls } = migrating(clock, {
    jobState: (seconds) => (seconds > 3 ? complete : []),
    podState: () => ({ terminated: { exitCode: 0 } }),
    log: () => ({ pieces: [`${stamp(1)} done\n`] }),
    onCreate: (times) => (times === 1 ? { cut: true } : undefined),
  });
  const io = testIo({ clock, http: inProcess(script) });
  t.match(await runMigration(migrateOptions, io), { ok: true });
  t.equal(calls.filter((call) => call.method === 'POST' && call.path.endsWith('/jobs')).length, 2);
  t.match(io.out(), 'is running already');
  t.match(io.out(), '\ndone\n');
});

t.test('migration: a node that put the Pod out, a Job that was deleted, a Job that nothing ends', async (t) => {
  const clock = fakeClock();
  const running = () => ({ running: {} });
  const base = { jobState: () => [], podState: running, log: () => ({ pieces: [`${stamp(1)} x\n`] }) };
  const gone = migrating(clock, base);
  const start = clock.now();
  const deleted: Script = (call) =>
    call.path.includes('/jobs/') && clock.now() - start > 5000 ? notFound : gone.script(call);
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(deleted) })), {
    ok: false,
    error: { code: 1, cause: /was deleted while it ran/ },
  });

  const endless = migrating(clock, base);
  t.match(
    await runMigration({ ...migrateOptions, timeout: '30s' }, testIo({ clock, http: inProcess(endless.script) })),
    { ok: false, error: { code: 70, cause: 'migration timed out after 30s' } },
  );

  const failed: readonly Condition[] = [
    {
      type: 'Failed',
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    },
  ];
  const evicted = migrating(clock, { ...base, jobState: (seconds) => (seconds > 2 ? failed : []) });
  const script: Script = async (call) => {
    const reply = await evicted.script(call);
    const text = JSON.stringify(reply.json ?? {}).replace(
      '"phase":"Running"',
      '"phase":"Failed","reason":"Evicted","message":"The node was low on memory"',
    );
    return reply.pieces === undefined ? { ...reply, json: JSON.parse(text) } : reply;
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(script) })), {
    ok: false,
    error: {
      code: 1,
      cause: 'migration failed: Pod migrate-1 was put out by its node (Evicted): The node was low on memory',
    },
  });
});

t.test('migration: a Job that is another, or runs another image, is never taken for ours', async (t) => {
  const clock = fakeClock();
  const base = {
    jobState: (seconds: number) => (seconds > 3 ? complete : []),
    podState: () => ({ running: {} }),
    log: () => ({ pieces: [`${stamp(1)} \u001b[2K\u001b[1Ahid\rden\n`] }),
  };
  const replaced = migrating(clock, base);
  const start = clock.now();
  const another: Script = async (call) => {
    const reply = await replaced.script(call);
    const isLate = call.path.includes('/jobs/') && clock.now() - start > 2000;
    return isLate
      ? { ...reply, json: JSON.parse(JSON.stringify(reply.json).replace('"uid":"j"', '"uid":"k"')) }
      : reply;
  };
  const io = testIo({ clock, http: inProcess(another) });
  t.match(await runMigration(migrateOptions, io), { ok: false, error: { code: 1, cause: /was deleted while it ran/ } });
  t.match(io.out(), '\nhid den\n', 'nothing in a log wipes what was written before');

  const mutated = migrating(clock, base);
  const webhook: Script = async (call) => {
    const reply = await mutated.script(call);
    if (!call.path.includes('/jobs')) return reply;
    return { ...reply, json: JSON.parse(JSON.stringify(reply.json).replace(`${SHOP}@${DIGEST}`, 'mirror/shop:1')) };
  };
  const wrongImage = { ok: false, error: { code: 1, cause: /runs another image: container "web" has mirror\/shop:1/ } };
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(webhook) })), wrongImage);
  await clock.sleep(60_000);
  t.match(
    await runMigration(migrateOptions, testIo({ clock, http: inProcess(webhook) })),
    wrongImage,
    'nor when it is there and complete',
  );
});

t.test('migration: a Pod that found no node in time says so', async (t) => {
  const clock = fakeClock();
  const late: readonly Condition[] = [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }];
  const { script } = migrating(clock, {
    jobState: (seconds) => (seconds > 30 ? late : []),
    podState: () => ({ waiting: {} }),
    log: () => notFound,
  });
  const start = clock.now();
  const pending: Script = async (call) => {
    const reply = await script(call);
    // At its deadline the Job deletes its Pod.
    if (call.path.endsWith('/pods') && clock.now() - start > 29_000) return list([]);
    const conditions = '"conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes are available"}]';
    const text = JSON.stringify(reply.json ?? {}).replace('"phase":"Running"', `"phase":"Pending",${conditions}`);
    return { ...reply, json: JSON.parse(text) };
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(pending) })), {
    ok: false,
    error: { code: 70, cause: /migration timed out: .* finds no node: 0\/3 nodes are available/ },
  });
});

t.test('migration: the container is named, and not the sidecar that was stopped after it', async (t) => {
  const clock = fakeClock();
  const failed: readonly Condition[] = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }];
  const { script } = migrating(clock, {
    jobState: (seconds) => (seconds > 2 ? failed : []),
    podState: () => ({ terminated: { exitCode: 3 } }),
    log: () => ({ pieces: [`${stamp(1)} x\n`] }),
  });
  const stopped = { name: 'sql-proxy', ready: false, restartCount: 0, state: { terminated: { exitCode: 143 } } };
  const withSidecar: Script = async (call) => {
    const reply = await script(call);
    const statuses = `"initContainerStatuses":${JSON.stringify([stopped])},"containerStatuses"`;
    return reply.json === undefined
      ? reply
      : { ...reply, json: JSON.parse(JSON.stringify(reply.json).replace('"containerStatuses"', statuses)) };
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(withSidecar) })), {
    ok: false,
    error: { code: 1, cause: 'migration failed: container "web" exited with code 3' },
  });
});

t.test('migration: wrong options, and containers that would be a guess', async (t) => {
  const wrong = async (more: object, cause: RegExp) =>
    t.match(await runMigration({ ...migrateOptions, ...more }, testIo()), { ok: false, error: { code: 2, cause } });
  await wrong({ command: 'node migrate.js' }, /--command is node migrate\.js, expected a JSON list/);
  await wrong({ commit: 'main' }, /--commit is "main": expected the full SHA/);
  await wrong({ command: '[]' }, /expected a JSON list/);
  await wrong({ command: '["node", 1]' }, /expected a JSON list/);
  await wrong({ timeout: '0s' }, /--timeout/);
  const withContainers = async (containers: readonly Container[], container = '') => {
    const script: Script = () => ({ json: { metadata: {}, spec: { template: { spec: { containers } } } } });
    const io = testIo({ http: inProcess(script) });
    const result = await runMigration({ ...migrateOptions, container, dry_run: true }, io);
    return result.ok ? io.out() : `${result.error.cause}; ${result.error.details?.join()}`;
  };
  const web = { name: 'web', image: `${SHOP}:1` };
  const proxy = { name: 'proxy', image: 'envoy:1' };
  t.match(await withContainers([proxy, web]), 'as container web of');
  t.match(await withContainers([proxy]), 'as container proxy of');
  t.match(await withContainers([proxy, web], 'proxy'), 'as container proxy of');
  t.match(
    await withContainers([proxy, web], 'absent'),
    'has no container "absent"; its containers: proxy (envoy:1), web',
  );
  t.match(await withContainers([web, { ...web, name: 'two' }]), 'has 2 containers with an image of ghcr.io/acme/shop');
  t.match(
    await withContainers([proxy, { ...proxy, name: 'two' }]),
    'has no container with an image of ghcr.io/acme/shop',
  );
  const script: Script = () => ({ json: { metadata: {}, spec: { workloadRef: { kind: 'Deployment', name: 'web' } } } });
  const rollout = { ...migrateOptions, workload: 'rollout/shop', dry_run: true };
  t.match(await runMigration(rollout, testIo({ http: inProcess(script) })), {
    ok: false,
    error: {
      cause: 'rollout/shop has no Pod template of its own',
      next: /with --workload \(it refers to deployment\/web\), or a file/,
    },
  });
});

t.test('the Job of a migration', (t) => {
  const repository = parseReference(SHOP)?.repository ?? { host: '', path: '' };
  const image = { repository, digest: DIGEST, reference: `${SHOP}@${DIGEST}` };
  const migration: Migration = {
    environment: 'staging',
    namespace: 'shop',
    commit: COMMIT,
    command: ['node', 'migrate.js'],
    container: 'web',
    image,
    timeout: 90_500,
    job: 'https://ci/1',
    template: {
      metadata: {
        labels: { app: 'web' },
        annotations: { 'vault/inject': 'yes', 'kubectl.kubernetes.io/restartedAt': 'x' },
      },
      spec: {
        serviceAccountName: 'shop',
        volumes: [{ name: 'tmp' }],
        affinity: { nodeAffinity: { a: 1 }, podAntiAffinity: { b: 1 } },
        topologySpreadConstraints: [{}],
        initContainers: [
          { name: 'config', image: `${SHOP}:1`, args: ['x'] },
          { name: 'sql-proxy', image: 'proxy:1', restartPolicy: 'Always' },
        ],
        containers: [
          {
            name: 'web',
            image: `${SHOP}:1`,
            args: ['serve'],
            env: [{ name: 'A' }],
            ports: [{}],
            readinessProbe: {},
            livenessProbe: {},
            startupProbe: {},
            lifecycle: {},
          },
          { name: 'log', image: 'log:1' },
        ],
      } as PodSpec,
    },
  };
  const labels = {
    'app.kubernetes.io/managed-by': 'build-once',
    'build-once/environment': 'staging',
    'build-once/commit': COMMIT,
  };
  const { name, ...metadata } = makeMigrationJob(migration).metadata;
  t.match(name, /^migrate-staging-0123456789ab-[0-9a-f]{8}$/);
  t.same(metadata, {
    namespace: 'shop',
    labels,
    annotations: { 'build-once/commit': COMMIT, 'build-once/digest': DIGEST, 'build-once/job': 'https://ci/1' },
  });
  t.same(makeMigrationJob(migration).spec, {
    backoffLimit: 0,
    completions: 1,
    parallelism: 1,
    activeDeadlineSeconds: 91,
    ttlSecondsAfterFinished: 86_400,
    template: {
      metadata: { labels, annotations: { 'vault/inject': 'yes' } },
      spec: {
        serviceAccountName: 'shop',
        volumes: [{ name: 'tmp' }],
        affinity: { nodeAffinity: { a: 1 } },
        restartPolicy: 'Never',
        initContainers: [
          { name: 'config', image: image.reference, args: ['x'] },
          { name: 'sql-proxy', image: 'proxy:1', restartPolicy: 'Always' },
        ],
        containers: [{ name: 'web', image: image.reference, env: [{ name: 'A' }], command: ['node', 'migrate.js'] }],
      },
    },
  });
  const names = [
    migration,
    { ...migration, command: ['node'] },
    { ...migration, environment: 'Staging' },
    { ...migration, environment: `${'long_name.'.repeat(9)}x` },
    { ...migration, commit: 'f'.repeat(40) },
    { ...migration, container: 'log' },
    { ...migration, image: { ...image, repository: { host: 'ghcr.io', path: 'acme/api' } } },
  ].map(nameJob);
  t.equal(
    new Set(names).size,
    names.length,
    'each image, environment, commit, command and container has a name of its own',
  );
  for (const one of names) t.match(one, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
  t.end();
});
