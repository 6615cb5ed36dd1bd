import t from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import type { Clock, Http, HttpRequest } from '../../src/io/io.js';
import type { Container, ContainerState, Event, Pod, Workload } from '../../src/kubernetes/objects.js';
import { type Call, inProcess, type Reply, type Script, status } from '../kubernetes/scripted-api.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { KUBECONFIG } from '../support/scripted-kubeconfig.js';
import { fakeClock, testIo } from '../support/test-io.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OLD = `sha256:${'b'.repeat(64)}`;
const SHOP = 'ghcr.io/acme/shop';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const USER = '01234567-89ab-cdef-0123-456789abcdef';
const shared = {
  ...ORDER,
  ...NOT_APPLIED,
  environment: 'staging',
  namespace: 'shop',
  eks: '',
  region: '',
  role: '',
  kubeconfig: KUBECONFIG,
  image: `${SHOP}@${DIGEST}`,
  commit: COMMIT,
  directory: 'build-once',
  timeout: '10m',
  dry_run: false,
  grace: '5m',
};
const deployOptions = { ...shared, workloads: 'deployment/web' };

const list = (items: readonly unknown[]): Reply => ({ json: { metadata: {}, items } });

/** A Deployment with one Pod of its template. `state` says how the Pod's container is at a time since the patch. */
function rolling(
  clock: Clock,
  state: (seconds: number) => { state: ContainerState; ready: boolean; restarts?: number },
  more: { container?: object; spec?: object; events?: (seconds: number) => readonly Event[] } = {},
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
        status: {
          containerStatuses: [{ name: 'web', ready, restartCount: restarts, state: now }],
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        },
      };
      return list([pod]);
    }
    if (call.path.endsWith('/log')) return { pieces: ['line one\nline two\n'] };
    if (call.path.endsWith('/events')) return list(more.events?.((clock.now() - changed) / 1000) ?? []);
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
      error: {
        details: ['Pod web-1 on node node-1'],
        next: /Nothing was rolled back: .* build-once rollback --environment staging --namespace shop --workloads deployment\/web$/,
      },
    });
  }
});

t.test('deploy: without a readiness probe, it is green when the liveness probe has had its say', async (t) => {
  const clock = fakeClock();
  const livenessProbe = { initialDelaySeconds: 20, periodSeconds: 5, failureThreshold: 1 };
  const start = clock.now();
  const lives = (seconds: number) => {
    const restarts = Math.floor(seconds / 22);
    return { ...up(clock, start + restarts * 22_000), restarts };
  };
  const dying = rolling(clock, lives, { container: { livenessProbe } });
  const timeout = { ...deployOptions, timeout: '2m' };
  t.match(await deploy(timeout, testIo({ clock, http: inProcess(dying.script) })), { ok: false, error: { code: 70 } });
  const alive = fakeClock();
  const { script } = rolling(alive, () => up(alive), { container: { livenessProbe } });
  t.match(await deploy(timeout, testIo({ clock: alive, http: inProcess(script) })), { ok: true });
  t.ok(alive.now() - start >= 30_000, 'two periods after the delay');
  const trusted = fakeClock();
  const more = { container: { livenessProbe }, spec: { minReadySeconds: 45 } };
  const slow = rolling(trusted, () => up(trusted), more);
  t.match(await deploy(timeout, testIo({ clock: trusted, http: inProcess(slow.script) })), { ok: true });
  t.ok(trusted.now() - start < 10_000, 'the cluster has looked for as long');
});

t.test(
  'deploy: a container that is being ended for its liveness probe still counts as ready, and is not green',
  async (t) => {
    const clock = fakeClock();
    const start = clock.now();
    const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
    // Every 60 s it is found dead after 15, and takes 30 to end, as a process that does not hear SIGTERM.
    const livenessProbe = { periodSeconds: 5, failureThreshold: 2 };
    const lifeOf = (seconds: number) => Math.floor(seconds / 60);
    const event = (reason: string, message: string, seconds: number, count = 1): Event => ({
      metadata: { name: `${reason}.${count}`, uid: reason },
      ...{ reason, message, count, lastTimestamp: at(seconds), involvedObject: { fieldPath: 'spec.containers{web}' } },
    });
    const { script } = rolling(
      clock,
      (seconds) => ({ ...up(clock, start + lifeOf(seconds) * 60_000), restarts: lifeOf(seconds) }),
      {
        container: { livenessProbe },
        events: (seconds) => {
          const born = lifeOf(seconds) * 60;
          if (seconds - born < 15) return [];
          const words = 'Container web failed liveness probe, will be restarted';
          return [event('Unhealthy', 'Liveness probe failed: deadlock', born + 15), event('Killing', words, born + 15)];
        },
      },
    );
    t.match(await deploy({ ...deployOptions, timeout: '230s' }, testIo({ clock, http: inProcess(script) })), {
      ok: false,
      error: {
        code: 70,
        cause: /container "web" of Pod web-1 is being ended for its liveness probe: Liveness probe failed: deadlock/,
      },
    });

    const shaky = fakeClock();
    const first = shaky.now();
    const hiccups = rolling(shaky, () => up(shaky, first), {
      container: { livenessProbe },
      events: (seconds) => [
        event('Unhealthy', 'Liveness probe failed: late', 20, Math.min(4, Math.ceil(seconds / 10))),
      ],
    });
    t.match(await deploy(deployOptions, testIo({ clock: shaky, http: inProcess(hiccups.script) })), { ok: true });
    t.ok(shaky.now() - first >= 55_000, 'from the last of its failures on it has held');
  },
);

t.test('deploy: a workload that is deleted, or another of its name, meanwhile', async (t) => {
  const later = (answer: (workload: Workload) => ReturnType<Script>) => {
    const clock = fakeClock();
    const { script } = rolling(clock, () => ({ ...up(clock), ready: false }));
    const start = clock.now();
    const changing: Script = (call) => {
      const found = script(call);
      const isIt = call.path.endsWith('/deployments/web') && clock.now() - start > 5000;
      return isIt && 'json' in found ? answer(found.json as Workload) : found;
    };
    return deploy(deployOptions, testIo({ clock, http: inProcess(changing) }));
  };
  t.match(await later(() => ({ status: 404, json: { message: 'deployments.apps "web" not found' } })), {
    error: {
      code: 1,
      cause: 'there is no Deployment "web" in namespace "shop" any more: it was deleted while this job waited',
    },
  });
  const anew = (one: Workload) => ({ json: { ...one, metadata: { ...one.metadata, uid: 'e', generation: 1 } } });
  t.match(await later(anew), {
    error: {
      code: 1,
      cause:
        'deployment/web was changed by someone else while this job waited: it was deleted, and another was made in its place',
      next: /^Find out who: kubectl -n shop get deployment\/web -o yaml --show-managed-fields/,
    },
  });
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
        'build-once/previous': JSON.stringify({ by: 'deploy', images: { web: `${SHOP}@${OLD}` }, annotations: {} }),
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
