import t from 'tap';
import { nameLock } from '../../src/commands/run-migration/lock.js';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Clock } from '../../src/io/io.js';
import type { Job, Lease } from '../../src/kubernetes/objects.js';
import { inProcess, type Script, status } from '../kubernetes/scripted-api.js';
import { complete, migrateOptions, migrating, stamp } from '../support/migrating-cluster.js';
import { fakeClock, testIo } from '../support/test-io.js';

const URL = 'https://circleci.example/jobs/2';
const OTHER = 'https://circleci.example/jobs/1';
const env = { CIRCLE_BUILD_URL: URL };
const repository = { host: 'ghcr.io', path: 'acme/shop' };

/** A migration that takes five seconds. */
const short = (clock: Clock) =>
  migrating(clock, {
    jobState: (seconds) => (seconds > 5 ? complete : []),
    podState: (seconds) => (seconds > 5 ? { terminated: { exitCode: 0 } } : { running: {} }),
    log: () => ({ pieces: [`${stamp(1)} done\n`] }),
  });

/** The Lease as another pipeline holds it, for a Job of its own. */
const leaseOf = (holder: string, version = 'o1'): Lease => ({
  metadata: { name: 'l', resourceVersion: version, annotations: { 'build-once/migration': 'migrate-other' } },
  // A clock that is years behind.
  spec: { holderIdentity: holder, leaseDurationSeconds: 30, renewTime: '2001-01-01T00:00:00.000000Z' },
});

const jobOf = (conditions: NonNullable<Job['status']>['conditions'] = []): Job => ({
  metadata: { name: 'migrate-other', uid: 'o' },
  spec: { template: { spec: { containers: [] } } },
  status: { conditions: conditions ?? [] },
});

t.test('the lock is held while the Job runs, renewed, and left to the next one', async (t) => {
  const clock = fakeClock();
  const cluster = migrating(clock, {
    jobState: (seconds) => (seconds > 65 ? complete : []),
    podState: (seconds) => (seconds > 65 ? { terminated: { exitCode: 0 } } : { running: {} }),
    log: () => ({ pieces: [`${stamp(1)} done\n`] }),
  });
  t.match(await runMigration(migrateOptions, testIo({ clock, env, http: inProcess(cluster.script) })), { ok: true });
  const writes = cluster.calls.filter(({ path, method }) => path.includes('/leases') && method !== 'GET');
  const created: Lease = JSON.parse(writes[0]?.body ?? '');
  t.equal(writes[0]?.method, 'POST');
  t.match(created, {
    metadata: { name: nameLock('staging', repository), annotations: { 'build-once/migration': /^migrate-staging-/ } },
    spec: { holderIdentity: URL, leaseDurationSeconds: 30, renewTime: '2026-01-01T00:00:00.000000Z' },
  });
  const renewals = writes.slice(1, -1).map(({ body }) => JSON.parse(body).spec);
  t.ok(renewals.length >= 5 && renewals.length <= 7, `${renewals.length} renewals in 65 seconds`);
  t.ok(renewals.every((spec) => Object.keys(spec).join() === 'renewTime'));
  t.equal(cluster.held.lease?.spec?.holderIdentity, '', 'nobody holds it any more');
  const jobMade = cluster.calls.findIndex(({ path, method }) => path.endsWith('/jobs') && method === 'POST');
  t.ok(cluster.calls.findIndex(({ path, method }) => path.endsWith('/leases') && method === 'POST') < jobMade);
});

t.test('who else migrates is named, and waited for', async (t) => {
  const clock = fakeClock();
  const { script, held, calls } = short(clock);
  held.lease = leaseOf(OTHER);
  const start = clock.now();
  const alive: Script = (call) => {
    const seconds = (clock.now() - start) / 1000;
    // Renewed every ten seconds for two minutes, then released.
    if (seconds < 120) held.lease = leaseOf(OTHER, `o${Math.floor(seconds / 10)}`);
    else if (held.lease?.spec?.holderIdentity === OTHER) held.lease = leaseOf('', 'free');
    return script(call);
  };
  const io = testIo({ clock, env, http: inProcess(alive) });
  t.match(await runMigration(migrateOptions, io), { ok: true });
  t.match(
    io.out(),
    `: held by ${OTHER} for Job migrate-other; waiting for that migration to end\nstill waiting after 1 min`,
  );
  const made = calls.findIndex(({ path, method }) => path.endsWith('/jobs') && method === 'POST');
  t.ok(calls.slice(0, made).length > 50, 'the Job is made only then');

  held.lease = leaseOf(OTHER);
  held.job = undefined;
  const before = clock.now();
  const forEver: Script = (call) => {
    held.lease = leaseOf(OTHER, String(clock.now()));
    return script(call);
  };
  const late = await runMigration(
    { ...migrateOptions, timeout: '90s' },
    testIo({ clock, env, http: inProcess(forEver) }),
  );
  t.match(late, {
    ok: false,
    error: { code: 70, cause: /another migration of staging did not end in time: .* held by/ },
  });
  t.equal(held.job, undefined, 'no Job is made');
  t.ok(clock.now() - before < 100_000);
});

t.test('a holder that is gone is told by our own clock; its Job is waited for', async (t) => {
  const clock = fakeClock();
  const { script, held } = short(clock);
  held.lease = leaseOf(OTHER);
  held.others.set('migrate-other', jobOf());
  const start = clock.now();
  let took = 0;
  const watched: Script = (call) => {
    const seconds = (clock.now() - start) / 1000;
    if (seconds > 90) held.others.set('migrate-other', jobOf([{ type: 'Failed', status: 'True' }]));
    if (call.path.endsWith('/jobs') && call.method === 'POST') took = seconds;
    return script(call);
  };
  const io = testIo({ clock, env, http: inProcess(watched) });
  t.match(await runMigration(migrateOptions, io), { ok: true });
  t.ok(took > 90, 'nothing is started while the Job of the dead one runs');
  t.match(io.out(), 'free, but its last Job migrate-other still runs');
  t.match(io.out(), `is taken over from ${OTHER}`);

  held.job = undefined;
  held.others.clear();
  held.lease = leaseOf(OTHER);
  const before = clock.now();
  const cut: Script = (call) => {
    const away = clock.now() - before > 5000 && clock.now() - before < 65_000;
    return away ? status(503, 'ServiceUnavailable', 'etcd is away') : script(call);
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, env, http: inProcess(cut) })), { ok: true });
  t.ok(clock.now() - before > 65_000 + 30_000, 'the time in which it could not be seen does not count');
});

t.test('the same migration again takes the lock at once', async (t) => {
  const clock = fakeClock();
  const { script, held, calls } = short(clock);
  const first = testIo({ clock, env: { CIRCLE_BUILD_URL: OTHER }, http: inProcess(script) });
  t.match(await runMigration(migrateOptions, first), { ok: true });
  // Killed before it could release the lock.
  held.lease = { ...held.lease, metadata: { ...held.lease?.metadata }, spec: { holderIdentity: OTHER } };
  const before = clock.now();
  const again = await runMigration(migrateOptions, testIo({ clock, env, http: inProcess(script) }));
  t.match(again, { ok: true, value: { summary: /ran before and succeeded/ } });
  t.ok(clock.now() - before < 10_000, 'the lock is not waited for');
  t.equal(calls.filter(({ path, method }) => path.endsWith('/jobs') && method === 'POST').length, 1);
  t.equal(held.lease?.spec?.holderIdentity, '');
});

t.test('a lock that is lost is told of once, and left to who has it', async (t) => {
  const clock = fakeClock();
  const { script, held } = migrating(clock, {
    jobState: (seconds) => (seconds > 60 ? complete : []),
    podState: (seconds) => (seconds > 60 ? { terminated: { exitCode: 0 } } : { running: {} }),
    log: () => ({ pieces: [`${stamp(1)} done\n`] }),
  });
  const start = clock.now();
  const robbed: Script = (call) => {
    if (clock.now() - start > 15_000) held.lease = leaseOf(OTHER);
    return script(call);
  };
  const io = testIo({ clock, env, http: inProcess(robbed) });
  t.match(await runMigration(migrateOptions, io), { ok: true });
  t.equal(io.out().split(`was taken over by ${OTHER}. What runs goes on.`).length, 2, io.out());
  t.equal(held.lease?.spec?.holderIdentity, OTHER);
});

t.test('a write whose answer was cut off, and a right that is missing', async (t) => {
  const clock = fakeClock();
  const { script, held } = short(clock);
  let cuts = 0;
  const cutting: Script = async (call) => {
    const reply = await script(call);
    return call.path.includes('/leases') && call.method !== 'GET' && ++cuts % 3 === 1 ? { cut: true } : reply;
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, env, http: inProcess(cutting) })), { ok: true });
  t.equal(held.lease?.spec?.holderIdentity, '');
  const said = 'User "ci" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "shop"';
  const forbidden: Script = (call) => (call.path.includes('/leases') ? status(403, 'Forbidden', said) : script(call));
  t.match(await runMigration(migrateOptions, testIo({ clock, env, http: inProcess(forbidden) })), {
    ok: false,
    error: {
      cause: /user "ci" may not get leases\.coordination\.k8s\.io in namespace "shop"/,
      details: [
        /rules/,
        String,
        '  - {apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "patch"]}',
      ],
    },
  });
});

t.test('its name is of the environment and the image', (t) => {
  const names = [
    nameLock('staging', repository),
    nameLock('Staging', repository),
    nameLock('production', repository),
    nameLock('staging', { ...repository, path: 'acme/api' }),
    nameLock('_'.repeat(300), repository),
  ];
  t.equal(new Set(names).size, names.length);
  for (const name of names) t.match(name, /^migrate-[a-z0-9-]{8,54}$/);
  t.end();
});
