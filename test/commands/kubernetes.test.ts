import t from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { type Migration, makeMigrationJob, nameJob } from '../../src/commands/run-migration/migration-job.js';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Clock, Http, HttpRequest } from '../../src/io/io.js';
import type {
  Condition,
  Container,
  ContainerState,
  Job,
  Pod,
  PodSpec,
  Workload,
} from '../../src/kubernetes/objects.js';
import { parseReference } from '../../src/reference.js';
import { type Call, inProcess, type Reply, type Script, status } from '../kubernetes/scripted-api.js';
import { ORDER } from '../support/comparison.js';
import { fakeClock, testIo } from '../support/test-io.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OLD = `sha256:${'b'.repeat(64)}`;
const SHOP = 'ghcr.io/acme/shop';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const USER = '01234567-89ab-cdef-0123-456789abcdef';
const kubeconfig = JSON.stringify({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://api' } }],
  users: [{ name: 'u', user: { token: 't' } }],
});
const shared = {
  ...ORDER,
  environment: 'staging',
  namespace: 'shop',
  eks: '',
  region: '',
  role: '',
  kubeconfig,
  image: `${SHOP}@${DIGEST}`,
  commit: COMMIT,
  directory: 'build-once',
  timeout: '10m',
  dry_run: false,
};
const deployOptions = { ...shared, workloads: 'deployment/web' };
const migrateOptions = { ...shared, workload: 'deployment/web', container: '', command: '["node","migrate.js"]' };

const notFound = status(404, 'NotFound', 'not found');
const list = (items: readonly unknown[]): Reply => ({ json: { metadata: {}, items } });

/** A Deployment with one Pod of its template. `state` says how the Pod's container is at a time since the patch. */
function rolling(
  clock: Clock,
  state: (seconds: number) => { state: ContainerState; ready: boolean; restarts?: number },
  more: { container?: object; spec?: object } = {},
) {
  let image = `${SHOP}@${OLD}`;
  let annotations: Readonly<Record<string, string>> = {};
  let generation = 1;
  let changed = clock.now();
  const calls: Call[] = [];
  const container = (): Container => ({ name: 'web', image, ...more.container });
  const template = () => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [container()] } });
  const script: Script = (call) => {
    calls.push(call);
    const { state: now, ready, restarts = 0 } = state((clock.now() - changed) / 1000);
    const available = ready ? 1 : 0;
    if (call.path.endsWith('/deployments/web')) {
      if (call.method === 'PATCH' && call.query.get('dryRun') === null) {
        const body = JSON.parse(call.body);
        annotations = body.metadata.annotations;
        if (body.spec !== undefined) {
          image = body.spec.template.spec.containers[0].image;
          generation++;
          changed = clock.now();
        }
      }
      const deployment: Workload = {
        metadata: { name: 'web', namespace: 'shop', uid: 'd', generation, annotations },
        spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template(), ...more.spec },
        status: { observedGeneration: generation, replicas: 1, updatedReplicas: 1, availableReplicas: available },
      };
      return { json: deployment };
    }
    if (call.path.endsWith('/replicasets')) {
      return list([{ metadata: { uid: 'r', ownerReferences: [{ uid: 'd' }] }, spec: { template: template() } }]);
    }
    if (call.path.endsWith('/pods')) {
      const pod: Pod = {
        metadata: { name: 'web-1', uid: 'p', ownerReferences: [{ uid: 'r' }] },
        spec: { nodeName: 'node-1', containers: [container()] },
        status: { containerStatuses: [{ name: 'web', ready, restartCount: restarts, state: now }] },
      };
      return list([pod]);
    }
    if (call.path.endsWith('/log')) return { pieces: ['line one\nline two\n'] };
    return list([]);
  };
  return { script, calls };
}

const up = (clock: Clock, since = clock.now()) => ({
  state: { running: { startedAt: new Date(since).toISOString() } },
  ready: true,
});

t.test('deploy: available at once and then crashing is never green, whatever time our clock shows', async (t) => {
  for (const hours of [0, -5, 5]) {
    const clock = fakeClock();
    const crashed = { terminated: { exitCode: 1 } };
    const { script } = rolling(clock, (seconds) => {
      if (seconds < 3) return up(clock, clock.now() - hours * 3_600_000);
      return { state: crashed, ready: false, restarts: seconds < 10 ? 0 : 2 };
    });
    const result = await deploy(deployOptions, testIo({ clock, http: inProcess(script) }));
    t.match(result, {
      ok: false,
      error: { code: 1, cause: /deployment\/web failed: container "web" of Pod web-1 exited with code 1, 3 times/ },
    });
    t.match(result, {
      error: { details: ['Pod web-1 on node node-1'], next: /kubectl -n shop rollout undo deployment\/web/ },
    });
  }
});

t.test('deploy: the patch sets the image only, and what the Deployment says of it', async (t) => {
  const clock = fakeClock();
  const { script, calls } = rolling(clock, () => up(clock, clock.now() - 20_000));
  const token = Buffer.from(JSON.stringify({ sub: `org/o/project/p/user/${USER}/vcs-ref/refs/heads/main` }));
  const env = {
    CIRCLE_BUILD_URL: 'https://ci/1',
    CIRCLE_PIPELINE_ID: 'p',
    CIRCLE_OIDC_TOKEN_V2: `x.${token.toString('base64url')}.x`,
  };
  const io = testIo({ clock, http: inProcess(script), env });
  t.match(await deploy(deployOptions, io), {
    ok: true,
    value: { summary: `Running ${DIGEST} on 1 Pod: deployment/web` },
  });
  const patches = calls.filter((call) => call.method === 'PATCH');
  t.same(
    patches.map((call) => call.query.get('dryRun')),
    ['All', null],
  );
  t.match(patches[1]?.headers['content-type'], 'application/merge-patch+json');
  t.same(JSON.parse(patches[1]?.body ?? ''), {
    metadata: {
      annotations: {
        'kubernetes.io/change-cause': `build-once deploy of commit ${COMMIT} to staging: sha256:aaaaaaaaaaaa.., for user ${USER}, https://ci/1`,
        'build-once/commit': COMMIT,
        'build-once/digest': DIGEST,
        'build-once/deployed-at': '2026-01-01T00:00:00.000Z',
        'build-once/user': USER,
        'build-once/job': 'https://ci/1',
        'build-once/pipeline': 'p',
      },
    },
    spec: { template: { spec: { containers: [{ name: 'web', image: `${SHOP}@${DIGEST}` }] } } },
  });
  const count = calls.length;
  t.match(await deploy(deployOptions, io), { ok: true, value: { summary: /nothing was changed/ } });
  t.notOk(calls.slice(count).some((call) => call.path.includes('/namespaces/') && call.method !== 'GET'));
});

t.test('deploy: an API server that is away for a while is waited for', async (t) => {
  const clock = fakeClock();
  const { script, calls } = rolling(clock, () => up(clock, clock.now() - 20_000), {
    container: { readinessProbe: {} },
  });
  const away: Script = (call) => {
    const patched = calls.filter((one) => one.method === 'PATCH').length === 2;
    return patched && clock.now() < fakeClock().now() + 90_000 ? { cut: true } : script(call);
  };
  const io = testIo({ clock, http: inProcess(away) });
  t.match(await deploy(deployOptions, io), { ok: true });
  t.match(io.out(), 'asking again');
  const never: Script = (call) => (calls.some((one) => one.method === 'PATCH') ? { cut: true } : script(call));
  calls.length = 0;
  const lost = await deploy({ ...deployOptions, image: `${SHOP}@${OLD}` }, testIo({ clock, http: inProcess(never) }));
  t.match(lost, { ok: false, error: { code: 1 } });
});

t.test('deploy: someone else changes the workload meanwhile', async (t) => {
  const clock = fakeClock();
  const other = `${SHOP}@sha256:${'c'.repeat(64)}`;
  const { script } = rolling(clock, () => up(clock));
  const start = clock.now();
  const meddled: Script = async (call) => {
    const reply = await script(call);
    return clock.now() - start > 3000
      ? { json: JSON.parse(JSON.stringify(reply.json).replaceAll(DIGEST, other.slice(-71))) }
      : reply;
  };
  const result = await deploy(deployOptions, testIo({ clock, http: inProcess(meddled) }));
  t.match(result, {
    ok: false,
    error: { code: 1, cause: /was changed by someone else while this job waited: container "web" has .*ccc/ },
  });
});

t.test('deploy: what is not the digest is never green', async (t) => {
  const clock = fakeClock();
  const healthy = () => up(clock, clock.now() - 70_000);
  /** Changes the Deployment and its Pods as they are seen a few seconds after the patch. */
  const late = async (change: (text: string) => string, more: Parameters<typeof rolling>[2] = {}) => {
    const start = clock.now();
    const { script } = rolling(clock, (seconds) => (seconds < 8 ? { state: {}, ready: false } : healthy()), more);
    const changed: Script = async (call) => {
      const reply = await script(call);
      return clock.now() - start < 4000 ? reply : { ...reply, json: JSON.parse(change(JSON.stringify(reply.json))) };
    };
    return deploy(deployOptions, testIo({ clock, http: inProcess(changed) }));
  };
  t.match(await late((text) => text.replaceAll(`${SHOP}@${DIGEST}`, `evil.example/shop@${OLD}`)), {
    ok: false,
    error: { code: 1, cause: /changed by someone else .*container "web" has evil\.example/ },
  });
  t.match(await late((text) => text.replaceAll('"name":"web","image"', '"name":"app","image"')), {
    ok: false,
    error: { code: 1, cause: /it has no container "web" any more/ },
  });
  t.match(await late((text) => text.replaceAll('"replicas":1,', '"replicas":0,')), {
    ok: false,
    error: { code: 1, cause: /it was scaled from 1 to 0 replicas/ },
  });
  t.match(await late((text) => text.replaceAll(SHOP, `${SHOP}-next`).replaceAll(DIGEST, OLD)), { ok: false });
  const idle: Script = async (call) => {
    const reply = await rolling(clock, healthy, { container: { image: `${SHOP}@${DIGEST}` } }).script(call);
    const text = JSON.stringify(reply.json).replaceAll(/"(r|updatedR|availableR)eplicas":1/g, '"$1eplicas":0');
    return call.path.endsWith('/pods') ? list([]) : { json: JSON.parse(text) };
  };
  t.match(await deploy(deployOptions, testIo({ clock, http: inProcess(idle) })), {
    ok: false,
    error: { code: 1, cause: 'the digest is set, but it runs nowhere: deployment/web has 0 replicas' },
  });
});

t.test('deploy: an old answer of the API server says nothing', async (t) => {
  const clock = fakeClock();
  const { script } = rolling(clock, () => up(clock, clock.now() - 70_000));
  const start = clock.now();
  let first: Reply | undefined;
  const stale: Script = async (call) => {
    const reply = await script(call);
    if (!call.path.endsWith('/deployments/web') || call.method !== 'GET') return reply;
    first ??= reply;
    return clock.now() - start < 3000 ? first : reply;
  };
  const io = testIo({ clock, http: inProcess(stale) });
  t.match(await deploy(deployOptions, io), { ok: true });
  t.match(io.out(), 'answers with an older state');
});

t.test('deploy: an EKS cluster is reached by its name, with a token of its own', async (t) => {
  const clock = fakeClock();
  const { script, calls } = rolling(clock, () => up(clock, clock.now() - 70_000));
  const cluster = {
    endpoint: 'https://eks-api',
    certificateAuthority: { data: Buffer.from('PEM').toString('base64') },
  };
  const seen: HttpRequest[] = [];
  const api = inProcess(script);
  const aws = inProcess((call) => {
    t.equal(call.path, '/clusters/prod');
    return { json: { cluster } };
  });
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const http: Http = (request) => {
    seen.push(request);
    return request.url.startsWith('https://eks-api/') ? api(request) : aws(request);
  };
  const options = { ...deployOptions, kubeconfig: '', eks: 'prod', region: 'us-east-1' };
  t.match(await deploy(options, testIo({ clock, http, env })), { ok: true });
  t.match(calls[0]?.headers['authorization'], /^Bearer k8s-aws-v1\./);
  const asked: unknown[] = [];
  const refusing: Script = async (call) => {
    const times = asked.push(call.headers['authorization']);
    await clock.sleep(1000);
    return times === 1 ? status(401, 'Unauthorized', 'Unauthorized') : script(call);
  };
  const renewing: Http = (request) =>
    request.url.startsWith('https://eks-api/') ? inProcess(refusing)(request) : aws(request);
  t.match(await deploy(options, testIo({ clock, http: renewing, env })), { ok: true });
  t.not(asked[0], asked.at(-1), 'a token that was refused is not given again');
  t.match(seen.at(-1)?.tls, { ca: 'PEM' });
  const absent = await deploy(options, testIo({ clock, http: inProcess(() => ({ status: 404, json: {} })), env }));
  t.match(absent, { ok: false, error: { code: 1, cause: 'there is no EKS cluster "prod" in us-east-1' } });
});

t.test('deploy: SIGTERM, a paused Deployment, wrong options', async (t) => {
  const clock = fakeClock();
  const stop = new AbortController();
  const { script } = rolling(clock, (seconds) => {
    if (seconds > 5) stop.abort();
    return { state: { running: {} }, ready: false };
  });
  const io = testIo({ clock, http: inProcess(script), signal: stop.signal });
  t.match(await deploy(deployOptions, io), {
    ok: false,
    error: { code: 1, cause: /asked to end while the workloads were rolling out/ },
  });
  const paused = rolling(clock, () => up(clock), { spec: { paused: true } });
  t.match(await deploy(deployOptions, testIo({ clock, http: inProcess(paused.script) })), {
    ok: false,
    error: { code: 1, cause: 'deployment/web is paused', next: /rollout resume deployment\/web/ },
  });
  t.notOk(paused.calls.some((call) => call.method === 'PATCH'));
  const wrong = async (more: object, cause: RegExp) =>
    t.match(await deploy({ ...deployOptions, ...more }, testIo()), { ok: false, error: { code: 2, cause } });
  await wrong({ timeout: 'soon' }, /--timeout is "soon"/);
  for (const commit of ['main', COMMIT.toUpperCase(), `${COMMIT} `, COMMIT.slice(1)])
    await wrong({ commit }, /--commit is ".*": expected the full SHA/);
  await wrong({ workloads: 'web' }, /--workloads: "web" is not a workload/);
  await wrong({ image: `${SHOP}:1` }, /expected an image by digest/);
  await wrong({ namespace: '../x' }, /--namespace is "\.\.\/x"/);
  await wrong({ eks: 'prod' }, /both --eks and --kubeconfig/);
  await wrong({ eks: 'prod', kubeconfig: '' }, /--region is not given/);
});

const template: { metadata: object; spec: PodSpec } = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: `${SHOP}:1` }] },
};

/** A cluster whose Job runs as `pod` says at a time since it was made; its log is what `log` gives. */
function migrating(
  clock: Clock,
  options: {
    jobState: (seconds: number) => readonly Condition[];
    podState: (seconds: number) => ContainerState;
    log: (call: Call) => Reply;
    onCreate?: (times: number) => Reply | undefined;
  },
) {
  let made: Job | undefined;
  let since = clock.now();
  let creates = 0;
  const calls: Call[] = [];
  const script: Script = (call) => {
    calls.push(call);
    const seconds = (clock.now() - since) / 1000;
    if (call.path.endsWith('/deployments/web')) return { json: { metadata: {}, spec: { template } } };
    if (call.path.endsWith('/jobs')) {
      const exists = made !== undefined;
      if (!exists) {
        made = { ...JSON.parse(call.body) };
        since = clock.now();
      }
      const reply = options.onCreate?.(++creates);
      return (
        reply ??
        (exists
          ? status(409, 'AlreadyExists', 'already exists')
          : { json: { ...made, metadata: { ...made?.metadata, uid: 'j' } } })
      );
    }
    if (call.path.includes('/jobs/')) {
      if (made === undefined) return notFound;
      return {
        json: { ...made, metadata: { ...made.metadata, uid: 'j' }, status: { conditions: options.jobState(seconds) } },
      };
    }
    const pod: Pod = {
      metadata: { name: 'migrate-1', uid: 'p', ownerReferences: [{ uid: 'j' }] },
      spec: { nodeName: 'node-1', restartPolicy: 'Never', containers: [{ name: 'web' }] },
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: options.podState(seconds) }],
      },
    };
    if (call.path.endsWith('/log')) return options.log(call);
    if (call.path.endsWith('/pods')) return list([pod]);
    if (call.path.endsWith('/pods/migrate-1')) return { json: pod };
    return list([]);
  };
  return { script, calls };
}

const complete: readonly Condition[] = [{ type: 'Complete', status: 'True' }];
const stamp = (second: number) => `2026-01-01T00:00:0${second}Z`;

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
  await wrong({ workload: 'deployment/a,deployment/b' }, /expected one workload/);
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
