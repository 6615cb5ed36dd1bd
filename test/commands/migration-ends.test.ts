import t from 'tap';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Condition } from '../../src/kubernetes/objects.js';
import { inProcess, type Script, status } from '../kubernetes/scripted-api.js';
import { complete, DIGEST, list, migrateOptions, migrating, SHOP, stamp } from '../support/migrating-cluster.js';
import { fakeClock, testIo } from '../support/test-io.js';

const log = () => ({ pieces: [`${stamp(1)} done\n`] });
const failed: readonly Condition[] = [
  { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'it reached its limit' },
];
const proxy = (exitCode?: number) => ({
  name: 'istio-proxy',
  restartCount: 0,
  state: exitCode === undefined ? { running: {} } : { terminated: { exitCode } },
});

t.test('a container that was injected and never ends has no say', async (t) => {
  const ending = (exitCode: number) => {
    const clock = fakeClock();
    const cluster = migrating(clock, {
      jobState: () => [],
      podState: (seconds) => (seconds > 3 ? { terminated: { exitCode } } : { running: {} }),
      log,
      injected: () => [proxy()],
    });
    return { clock, ...cluster, io: testIo({ clock, http: inProcess(cluster.script) }) };
  };
  const good = ending(0);
  t.match(await runMigration(migrateOptions, good.io), {
    ok: true,
    value: { summary: /^Migration done: container "web" of Job migrate-\S+ exited with code 0 after / },
  });
  t.match(good.io.out(), '"istio-proxy" of Pod migrate-1 would run on, so the Pod is ended.');
  const writes = good.calls.filter(({ method, path }) => ['PATCH', 'DELETE'].includes(method) && !/leases/.test(path));
  t.strictSame(
    writes.map(({ method, path }) => `${method} ${path.split('/').at(-2)}`),
    ['PATCH jobs', 'DELETE pods'],
    'its success is noted before its Pod is ended',
  );
  t.match(await runMigration(migrateOptions, testIo({ clock: good.clock, http: inProcess(good.script) })), {
    ok: true,
    value: { summary: /ran before and succeeded/ },
  });
  const bad = ending(3);
  t.match(await runMigration(migrateOptions, bad.io), {
    ok: false,
    error: { code: 1, cause: 'migration failed: container "web" exited with code 3' },
  });
  t.ok(bad.calls.some(({ method, path }) => method === 'DELETE' && path.endsWith('/pods/migrate-1')));
  t.notOk(bad.calls.some(({ method, path }) => method === 'PATCH' && path.includes('/jobs/')));
  const noRight = ending(0);
  const forbidden: Script = (call) =>
    call.method === 'PATCH' && call.path.includes('/jobs/')
      ? status(403, 'Forbidden', 'User "ci" cannot patch resource "jobs" in API group "batch" in the namespace "shop"')
      : noRight.script(call);
  const io = testIo({ clock: noRight.clock, http: inProcess(forbidden) });
  t.match(await runMigration(migrateOptions, io), { ok: true });
  t.match(io.out(), 'cannot be marked as done: user "ci" may not patch jobs.batch');
  t.notOk(
    noRight.calls.some(({ method }) => method === 'DELETE'),
    'what is not noted is not ended',
  );
});

t.test('a migration that is done is done, though a container beside it failed', async (t) => {
  const clock = fakeClock();
  const { script, held } = migrating(clock, {
    jobState: (seconds) => (seconds > 3 ? failed : []),
    podState: () => ({ terminated: { exitCode: 0 } }),
    log,
    injected: () => [proxy(1)],
  });
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(script) })), { ok: true });
  t.equal(held.job?.metadata.annotations?.['build-once/result'], 'succeeded');
  const annotations = { 'build-once/digest': DIGEST };
  held.job = held.job && { ...held.job, metadata: { ...held.job.metadata, annotations } };
  const again = await runMigration(migrateOptions, testIo({ clock, http: inProcess(script) }));
  t.match(again, { ok: true, value: { summary: /^Migration done/ } }, 'and so without the note');
  t.equal(held.job?.metadata.annotations?.['build-once/result'], 'succeeded', 'which is made then');
});

t.test('a program that ended with 0 because its Pod was put out is not done', async (t) => {
  const clock = fakeClock();
  const disruption = `"conditions":[{"type":"DisruptionTarget","status":"True","reason":"EvictionByEvictionAPI"}]`;
  for (const [ending, words] of [
    ['"uid":"p","deletionTimestamp":"2026-01-01T00:00:00Z"', 'was deleted; container "web" exited with code 0'],
    [undefined, 'was put out (EvictionByEvictionAPI); container "web" exited with code 0'],
  ] as const) {
    const { script } = migrating(clock, {
      jobState: (seconds) => (seconds > 6 ? failed : []),
      podState: (seconds) => (seconds > 3 ? { terminated: { exitCode: 0 } } : { running: {} }),
      log,
      injected: () => [proxy()],
    });
    const putOut: Script = async (call) => {
      const reply = await script(call);
      if (!call.path.includes('/pods') || reply.json === undefined) return reply;
      const text = JSON.stringify(reply.json);
      const changed =
        ending === undefined ? text.replace('"phase"', `${disruption},"phase"`) : text.replace('"uid":"p"', ending);
      return { ...reply, json: JSON.parse(changed) };
    };
    t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(putOut) })), {
      ok: false,
      error: { code: 1, cause: `migration failed: Pod migrate-1 ${words}` },
    });
  }
});

t.test('a Job that is complete because its Pod was put out proves nothing', async (t) => {
  const clock = fakeClock();
  const { script, held } = migrating(clock, {
    jobState: (seconds) => (seconds > 3 ? complete : []),
    podState: (seconds) => (seconds > 3 ? { terminated: { exitCode: 0 } } : { running: {} }),
    log,
  });
  const deleted: Script = async (call) => {
    const reply = await script(call);
    if (!call.path.endsWith('/pods') || reply.json === undefined) return reply;
    const text = JSON.stringify(reply.json).replace('"uid":"p"', '"uid":"p","deletionTimestamp":"x"');
    return { ...reply, json: JSON.parse(text) };
  };
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(deleted) })), {
    ok: false,
    error: { code: 1, cause: 'migration failed: Pod migrate-1 was deleted; container "web" exited with code 0' },
  });
  t.match(
    await runMigration({ ...migrateOptions, failed_before: 'stop' }, testIo({ clock, http: inProcess(deleted) })),
    {
      ok: false,
      error: { cause: /^Job migrate-\S+ is Complete, but that proves nothing: its Pod migrate-1 was deleted$/ },
    },
  );
  t.ok(held.job);
});

t.test('a Job that was complete before proves its migration by its Pod, or by a note', async (t) => {
  const clock = fakeClock();
  const { script, held, calls } = migrating(clock, {
    jobState: (seconds) => (seconds > 3 ? complete : []),
    podState: (seconds) => (seconds > 3 ? { terminated: { exitCode: 0 } } : { running: {} }),
    log,
  });
  let pods: 'there' | 'gone' | 'unknown' = 'there';
  const cluster: Script = (call) => {
    // The Pod of a Job that is made anew is there.
    if (call.method === 'POST' && call.path.endsWith('/jobs')) pods = 'there';
    if (!call.path.endsWith('/pods') || pods === 'there') return script(call);
    return pods === 'gone' ? list([]) : status(403, 'Forbidden', 'User "ci" cannot list resource "pods"');
  };
  const migrate = async (more: object = {}) => {
    const io = testIo({ clock, http: inProcess(cluster) });
    const result = await runMigration({ ...migrateOptions, ...more }, io);
    return { said: result.ok ? result.value.summary : `${result.error.cause}; ${result.error.next}`, out: io.out() };
  };
  const noteOf = () => held.job?.metadata.annotations?.['build-once/result'];
  /** Whoever waited was killed before it could note anything. */
  const forget = () => {
    const annotations = { 'build-once/digest': DIGEST };
    held.job = held.job && { ...held.job, metadata: { ...held.job.metadata, annotations } };
  };
  const made = () => calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs')).length;
  t.match((await migrate()).said, /^Migration done/);
  t.equal(noteOf(), 'succeeded');
  pods = 'gone';
  t.match((await migrate()).said, /ran before and succeeded/, 'by the note');
  forget();
  pods = 'there';
  t.match((await migrate()).said, /ran before and succeeded/, 'by its Pod');
  t.equal(noteOf(), 'succeeded', 'which is noted before it may be gone');

  forget();
  pods = 'unknown';
  t.match((await migrate()).said, 'cannot list resource', 'what cannot be looked at is not run again');
  pods = 'gone';
  const stopped = await migrate({ failed_before: 'stop' });
  t.match(
    stopped.said,
    /^Job migrate-\S+ is Complete, but that proves nothing: its Pod is gone, and nobody has noted how it ended; It is not run anew/,
  );
  t.equal(made(), 1);
  const rerun = await migrate();
  t.match(rerun.out, /that proves nothing: its Pod is gone.*\n.*It is deleted and run anew\./);
  t.match(rerun.said, /^Migration done/);
  t.equal(made(), 2);
});

t.test('a Job whose Pod nobody has seen to end', async (t) => {
  const clock = fakeClock();
  const { script, held } = migrating(clock, { jobState: () => complete, podState: () => ({ running: {} }), log });
  const gone: Script = (call) => (call.path.endsWith('/pods') ? list([]) : script(call));
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(gone) })), {
    ok: false,
    error: { cause: /^migration failed: Job migrate-\S+ is Complete, but that proves nothing: its Pod is gone/ },
  });
  t.notOk(held.job?.metadata.annotations?.['build-once/result'], 'and is not noted to be done');
});

t.test('a Job that is complete while its Pod is gone, which was not seen to end, proves nothing', async (t) => {
  const clock = fakeClock();
  const { script } = migrating(clock, {
    jobState: (seconds) => (seconds > 6 ? complete : []),
    podState: () => ({ running: {} }),
    log,
  });
  const start = clock.now();
  const gone: Script = (call) => (call.path.endsWith('/pods') && clock.now() - start > 5000 ? list([]) : script(call));
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(gone) })), {
    ok: false,
    error: { code: 1 },
  });
});

t.test('a Pod that is gone before it was seen to end', async (t) => {
  const clock = fakeClock();
  const { script, held } = migrating(clock, {
    jobState: (seconds) => (seconds > 6 ? failed : []),
    podState: () => ({ running: {} }),
    log,
  });
  const start = clock.now();
  const gone: Script = (call) => (call.path.endsWith('/pods') && clock.now() - start > 5000 ? list([]) : script(call));
  t.match(await runMigration(migrateOptions, testIo({ clock, http: inProcess(gone) })), {
    ok: false,
    error: {
      cause: 'migration failed: Pod migrate-1 was deleted before its container had ended: it reached its limit',
    },
  });
  t.ok(held.job);
});

t.test('one that failed before is run anew when that is asked for', async (t) => {
  const clock = fakeClock();
  const { script, held, calls } = migrating(clock, {
    jobState: (seconds) => (seconds > 3 ? failed : []),
    podState: (seconds) => (seconds > 3 ? { terminated: { exitCode: 3 } } : { running: {} }),
    log,
  });
  const made = () => calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs')).length;
  const migrate = async (job: string, more: object = {}) => {
    const io = testIo({ clock, http: inProcess(script), env: { CIRCLE_BUILD_URL: `https://ci/${job}` } });
    const result = await runMigration({ ...migrateOptions, ...more }, io);
    return { io, cause: result.ok ? '' : result.error.cause, next: result.ok ? '' : result.error.next };
  };
  const first = await migrate('1');
  t.equal(first.cause, 'migration failed: container "web" exited with code 3');
  const own = await migrate('1');
  t.match(own.cause, /^Job migrate-\S+ failed before, at .*: it reached its limit$/);
  t.match(own.next, 'A step that CircleCI runs again by itself does not run it anew. Rerun the job.');
  const stopped = await migrate('2', { failed_before: 'stop' });
  t.match(stopped.cause, 'failed before');
  t.match(stopped.next, /kubectl -n shop delete job migrate-\S+, and run this job again/);
  t.equal(made(), 1);
  const rerun = await migrate('2');
  t.equal(rerun.cause, 'migration failed: container "web" exited with code 3');
  t.match(rerun.io.out(), /failed before.*\n.*last log lines.*\n.*\nIt is deleted and run anew\./);
  t.equal(made(), 2);
  const deleted = calls.find(({ method, path }) => method === 'DELETE' && path.includes('/jobs/'));
  t.match(JSON.parse(deleted?.body ?? ''), { propagationPolicy: 'Foreground', preconditions: { uid: 'j' } });
  t.ok(held.job);
});

t.test('a cancelled job leaves or deletes the Job, at once, and says which', async (t) => {
  const cancelled = async (more: object, alter: (script: Script) => Script = (script) => script) => {
    const clock = fakeClock();
    const stop = new AbortController();
    const { script, held, calls } = migrating(clock, {
      jobState: () => [],
      podState: () => ({ running: {} }),
      log,
    });
    const start = clock.now();
    const stopping: Script = (call) => {
      if (clock.now() - start > 5000) stop.abort();
      return alter(script)(call);
    };
    const io = testIo({ clock, http: inProcess(stopping), signal: stop.signal });
    const result = await runMigration({ ...migrateOptions, ...more }, io);
    const { cause, next } = result.ok ? { cause: '', next: '' } : result.error;
    return {
      cause,
      next,
      held,
      deletes: calls.filter(({ method }) => method === 'DELETE').length,
      took: clock.now() - start,
    };
  };
  const left = await cancelled({});
  t.match(left.cause, /^this job was asked to end; Job migrate-\S+ goes on in the cluster$/);
  t.equal(left.deletes, 0);
  t.equal(left.held.lease?.spec?.holderIdentity, '', 'the lock is released');
  const deleted = await cancelled({ on_cancel: 'delete' });
  t.match(deleted.cause, /^this job was asked to end; Job migrate-\S+ was deleted, and the cluster ends its Pod$/);
  t.equal(deleted.held.job, undefined);
  t.equal(deleted.held.lease?.spec?.holderIdentity, '');
  const cut = await cancelled(
    { on_cancel: 'delete' },
    (script) => (call) => (call.method === 'DELETE' ? { cut: true } : script(call)),
  );
  t.match(cut.cause, /goes on in the cluster, since it cannot be deleted: the Kubernetes API server cannot be used/);
  const done = await cancelled({ on_cancel: 'delete' }, (script) => async (call) => {
    const reply = await script(call);
    const isNote = call.method === 'PATCH' && call.path.includes('/jobs/');
    return isNote ? { json: { ...Object(reply.json), status: { conditions: complete } } } : reply;
  });
  t.match(done.cause, /^this job was asked to end; Job migrate-\S+ had succeeded by then$/);
  t.equal(done.deletes, 0, 'the proof of that stays');
  for (const one of [left, deleted, cut, done]) t.ok(one.took < 8000, 'no second try is made');
});

t.test('the Pod of a manifest', async (t) => {
  const cwd = t.testdir({
    'web.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { serviceAccountName: of-web, containers: [{ name: app, image: "${SHOP}:1" }] } } }
---
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: CronJob
  metadata: { name: nightly }
  spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: app }] } } } } }
- apiVersion: v1
  kind: Pod
  metadata: { name: one }
  spec: { containers: [{ name: app }] }
`,
    'job.yaml': `apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate }\nspec: { template: { spec: { containers: [{ name: app }] } } }\n`,
    'bad.yaml': 'a: [',
    k8s: {
      'config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n',
      'web.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: one }\nspec: { containers: [{ name: app }] }\n',
    },
  });
  const plan = async (more: object) => {
    const clock = fakeClock();
    const { script, held } = migrating(clock, { jobState: () => complete, podState: () => ({}), log });
    const io = testIo({ clock, cwd, http: inProcess(script) });
    const result = await runMigration({ ...migrateOptions, dry_run: true, ...more }, io);
    const details = result.ok ? '' : result.error.details?.join();
    return { said: result.ok ? io.out() : `${result.error.cause}; ${details}`, job: held.job };
  };
  const web = await plan({ manifest: 'web.yaml' });
  t.match(web.said, 'as container app of deployment/web of web.yaml');
  t.match(web.job?.spec.template.spec, {
    serviceAccountName: 'of-web',
    containers: [{ name: 'app', image: `${SHOP}@${DIGEST}`, command: ['node', 'migrate.js'] }],
  });
  t.match((await plan({ manifest: 'web.yaml', workload: 'cronjob/nightly' })).said, 'of cronjob/nightly of web.yaml');
  t.match((await plan({ manifest: 'web.yaml', workload: 'pod/one' })).said, 'of pod/one of web.yaml');
  t.match((await plan({ manifest: 'job.yaml', workload: '' })).said, 'of job/migrate of job.yaml');
  t.match(
    (await plan({ manifest: 'web.yaml', workload: '' })).said,
    'web.yaml does not have exactly one object with a Pod template; its objects with one: deployment/web, cronjob/nightly, pod/one',
  );
  t.match((await plan({ manifest: 'job.yaml' })).said, 'job.yaml does not have deployment/web with a Pod template');
  t.match((await plan({ manifest: 'absent.yaml' })).said, 'there is no file or folder absent.yaml with manifests');
  t.match((await plan({ manifest: 'bad.yaml' })).said, 'a manifest cannot be read: bad.yaml:1:5: not valid YAML');
  t.match((await plan({ manifest: 'k8s', workload: '' })).said, 'of pod/one of k8s');
  t.match((await plan({ workload: '' })).said, '--workload is "", expected one workload');
});
