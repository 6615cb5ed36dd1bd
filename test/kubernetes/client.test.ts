import t, { type Test } from 'tap';
import type { HttpRequest } from '../../src/io/io.js';
import type { Access } from '../../src/kubernetes/access.js';
import { mayDo } from '../../src/kubernetes/access-review.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { findAccess } from '../../src/kubernetes/find-access.js';
import { kinds } from '../../src/kubernetes/kinds/kinds.js';
import type { Job } from '../../src/kubernetes/objects.js';
import { jobs, pods } from '../../src/kubernetes/resources.js';
import { ok } from '../../src/result.js';
import { fakeClock, testIo } from '../support/test-io.js';
import { type Call, type Reply, serve, status } from './scripted-api.js';

const deployments = kinds.deployment.resource;

/** A client of a server that gives these replies one after the other, and then the last one for ever. */
async function scripted(t: Test, replies: readonly Reply[], access: Partial<Access> = {}) {
  const calls: Call[] = [];
  const server = await serve(t, (call) => {
    calls.push(call);
    return replies[Math.min(calls.length, replies.length) - 1] ?? {};
  });
  const clock = fakeClock();
  const io = testIo({ clock });
  const credential = async () => ok({ token: 'secret-token' });
  const client = openKubernetes({ server, tls: {}, credential, ...access }, 'shop', io);
  return { client, calls, clock };
}

const web: Reply = { json: { metadata: { name: 'web' } } };

t.test('a request carries the token and names the object', async (t) => {
  const { client, calls } = await scripted(t, [web]);
  t.match(await client.get(deployments, 'web'), { ok: true, value: { metadata: { name: 'web' } } });
  t.match(calls, [{ method: 'GET', path: '/apis/apps/v1/namespaces/shop/deployments/web' }]);
  t.equal(calls[0]?.headers['authorization'], 'Bearer secret-token');
});

t.test('429, 500 and cut connections are tried again with growing pauses', async (t) => {
  const busy = { ...status(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '4' } };
  const cutBody: Reply = { pieces: ['{"metadata"'], cut: true };
  const { client, calls, clock } = await scripted(t, [busy, status(500, '', 'etcd'), { cut: true }, cutBody, web]);
  t.match(await client.get(deployments, 'web'), { ok: true, value: { metadata: { name: 'web' } } });
  t.equal(calls.length, 5);
  t.same(clock.slept, [4000, 700, 1500, 3000]);
});

t.test('a server that stays away is unreachable, in the end', async (t) => {
  const { client, calls } = await scripted(t, [{ cut: true }]);
  const answer = await client.get(deployments, 'web');
  t.match(answer, {
    ok: false,
    error: { kind: 'unreachable', message: /cannot be used: 127.0.0.1:\d+ closed the connection/ },
  });
  t.equal(calls.length, 6);
  const gone = await scripted(t, [status(503, 'ServiceUnavailable', 'no leader')]);
  t.match(await gone.client.get(deployments, 'web'), { ok: false, error: { kind: 'other', message: /no leader/ } });
});

t.test('401: a new token is asked for once', async (t) => {
  const asked: boolean[] = [];
  const access = {
    credential: async (renew: boolean) => {
      asked.push(renew);
      return ok({ token: renew ? 'new' : 'old' });
    },
  };
  const { client, calls } = await scripted(t, [status(401, 'Unauthorized', 'Unauthorized'), web], access);
  t.match(await client.get(deployments, 'web'), { ok: true });
  t.same(asked, [false, true]);
  t.equal(calls[1]?.headers['authorization'], 'Bearer new');
  const never = await scripted(t, [status(401, 'Unauthorized', 'Unauthorized')], access);
  t.match(await never.client.get(deployments, 'web'), { ok: false, error: { kind: 'unauthorized' } });
  t.equal(never.calls.length, 2);
});

t.test('what was allowed before is asked again when it is refused', async (t) => {
  const forbidden = status(403, 'Forbidden', 'User "u" cannot get resource "deployments" in API group "apps"');
  const { client, calls } = await scripted(t, [
    web,
    forbidden,
    status(401, 'Unauthorized', 'Unauthorized'),
    web,
    forbidden,
  ]);
  t.match(await client.get(deployments, 'web'), { ok: true });
  t.match(await client.get(deployments, 'web'), { ok: true }, 'an API server that was just started');
  t.match(await client.get(jobs, 'm'), { ok: false, error: { kind: 'forbidden' } }, 'never allowed: at once');
  t.equal(calls.length, 5);
  t.match(await client.get(deployments, 'web'), { ok: false, error: { kind: 'forbidden' } });
  t.equal(calls.length, 11, 'and not for ever');
});

t.test('401: a clock that is wrong is named', async (t) => {
  const says = async (minutes: number) => {
    const date = new Date(fakeClock().now() - minutes * 60_000).toUTCString();
    const refused = { ...status(401, 'Unauthorized', 'Unauthorized'), headers: { date } };
    const answer = await (await scripted(t, [refused])).client.get(deployments, 'web');
    return answer.ok ? 'ok' : answer.error.message;
  };
  const plain = 'the cluster does not accept the credentials: Unauthorized';
  const note = 'so that a token which it signs is no good';
  t.equal(await says(1), plain);
  t.equal(await says(180), `${plain}; the clock of this job is 180 minutes ahead of that of the cluster, ${note}`);
  t.equal(await says(-61), `${plain}; the clock of this job is 61 minutes behind that of the cluster, ${note}`);
});

t.test('a create whose answer was cut off meets its own object as a conflict', async (t) => {
  const exists = status(409, 'AlreadyExists', 'jobs.batch "m" already exists');
  const { client, calls } = await scripted(t, [{ cut: true }, exists]);
  const job: Job = { metadata: { name: 'm' }, spec: { template: { spec: { containers: [] } } } };
  t.match(await client.create(jobs, job), { ok: false, error: { kind: 'conflict', message: /already exists/ } });
  t.equal(calls.length, 2);
});

t.test('a cancelled job breaks off what only asks, and no write', async (t) => {
  const stop = new AbortController();
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  let pending = 0;
  const server = await serve(t, async () => {
    if (++pending === 4) stop.abort();
    await held;
    return web;
  });
  const io = testIo({ clock: fakeClock(), signal: stop.signal });
  const client = openKubernetes({ server, tls: {}, credential: async () => ok({}) }, 'shop', io);
  const job: Job = { metadata: { name: 'm' }, spec: { template: { spec: { containers: [] } } } };
  const patch = { type: 'merge', body: {} } as const;
  const write = client.patch(deployments, 'web', patch);
  const asked = await Promise.all([
    client.create(jobs, job, { dryRun: true }),
    client.patch(deployments, 'web', patch, { dryRun: true }),
    mayDo(client, { verb: 'get', group: '', resource: 'pods' }),
  ]);
  t.match(asked, [
    { ok: false, error: { kind: 'unreachable' } },
    { ok: false, error: { kind: 'unreachable' } },
    undefined,
  ]);
  release();
  t.match(await write, { ok: true });
});

t.test('refusals are told apart', async (t) => {
  const said = async (reply: Reply) => {
    const answer = await (await scripted(t, [reply])).client.patch(deployments, 'web', { type: 'merge', body: {} });
    return answer.ok ? undefined : answer.error;
  };
  const rbac =
    'deployments.apps "web" is forbidden: User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"';
  t.match(await said(status(403, 'Forbidden', rbac)), {
    kind: 'forbidden',
    user: 'ci',
    rule: { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] },
    message: 'user "ci" may not patch deployments.apps in namespace "shop"',
  });
  const quota = 'pods "web-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1';
  t.match(await said(status(403, 'Forbidden', quota)), { kind: 'refused', message: quota });
  t.match(await said(status(422, 'Invalid', 'spec.replicas: must not be negative')), { kind: 'invalid' });
  t.match(await said(status(404, 'NotFound', 'deployments.apps "web" not found')), {
    kind: 'not-found',
    message: 'there is no Deployment "web" in namespace "shop"',
  });
  t.match(await said({ status: 403, pieces: ['<html>blocked by proxy</html>'] }), {
    kind: 'refused',
    message: /blocked by proxy/,
  });
  t.match(await said({ pieces: ['<html>welcome</html>'] }), {
    kind: 'other',
    message: /did not answer with an object of Kubernetes/,
  });
});

t.test('a list is read over its pages', async (t) => {
  const page = (name: string, next: string): Reply => ({
    json: { metadata: { continue: next }, items: [{ metadata: { name } }] },
  });
  const { client, calls } = await scripted(t, [page('a', 'more'), page('b', '')]);
  t.match(await client.list(pods, { labels: 'app=web' }), {
    ok: true,
    value: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
  });
  t.same(
    calls.map(({ query }) => [query.get('labelSelector'), query.get('continue')]),
    [
      ['app=web', null],
      ['app=web', 'more'],
    ],
  );
});

t.test('a list whose pages end or never do, and what is no list', async (t) => {
  const page = (name: string, next: string): Reply => ({
    json: { metadata: { continue: next }, items: [{ metadata: { name } }] },
  });
  const gone = status(410, 'Expired', 'The provided continue parameter is too old');
  const anew = await scripted(t, [page('old', 'more'), gone, page('a', 'again'), page('b', '')]);
  t.match(await anew.client.list(pods), {
    ok: true,
    value: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
  });
  t.equal((await anew.client.list(pods)).ok && anew.calls.length, 5);
  const always = await scripted(t, [page('a', 'more'), gone, page('a', 'more'), gone]);
  t.match(await always.client.list(pods), { ok: false, error: { kind: 'expired' } });
  const endless = await scripted(t, [page('a', 'more'), page('a', 'more'), page('a', 'more'), page('a', '')]);
  t.match(await endless.client.list(pods), { ok: false, error: { kind: 'other' } });
  for (const json of [{}, null, [], { metadata: {} }]) {
    t.match(await (await scripted(t, [{ json }])).client.list(pods), { ok: false, error: { kind: 'other' } });
  }
});

t.test('what cannot be sent is an error of the connection', async (t) => {
  const { nodeHttp } = await import('../../src/io/node-http.js');
  for (const request of [
    { url: 'nope/x' },
    { url: 'http://127.0.0.1:1/', headers: { authorization: 'hunter2\nx' } },
    { url: 'https://127.0.0.1:1/', tls: { cert: 'hunter2', key: 'hunter2' } },
  ]) {
    const failed = await nodeHttp()({ method: 'GET', ...request }).then(
      () => undefined,
      (error: unknown) => error,
    );
    t.match(failed, { name: 'HttpError' });
    t.notMatch(String(failed), 'hunter2');
  }
});

t.test('the way to the cluster', async (t) => {
  const kubeconfig = (user: object, cluster: object = {}) =>
    JSON.stringify({
      'current-context': 'here',
      contexts: [
        { name: 'other', context: {} },
        { name: 'here', context: { cluster: 'c', user: 'u' } },
      ],
      clusters: [{ name: 'c', cluster: { server: 'https://api.example:6443/', ...cluster } }],
      users: [{ name: 'u', user }],
    });
  const plain = kubeconfig({ token: 'abc' });
  const cwd = t.testdir({
    config: plain,
    second: kubeconfig({ token: 'second' }),
    token: 'from-file\n',
    'ca.pem': 'CA',
    home: { '.kube': { config: kubeconfig({ token: 'home' }) } },
  });
  const credentialOf = async (given: string, env: Record<string, string> = {}, more = {}) => {
    const access = await findAccess(given, testIo({ cwd, env, ...more }));
    if (!access.ok) return access;
    return { server: access.value.server, tls: access.value.tls, credential: await access.value.credential(false) };
  };
  const server = 'https://api.example:6443';

  for (const [name, given, env, token] of [
    ['a path', 'config', {}, 'abc'],
    ['the text', plain, {}, 'abc'],
    [
      'the text in base64',
      Buffer.from(plain)
        .toString('base64')
        .replace(/(.{76})/g, '$1\n'),
      {},
      'abc',
    ],
    ['$KUBECONFIG, the first that exists', '', { KUBECONFIG: '/nowhere:second:config' }, 'second'],
    ['~/.kube/config', '', { HOME: `${cwd}/home` }, 'home'],
  ] as const) {
    t.match(await credentialOf(given, env), { server, credential: { ok: true, value: { token } } }, name);
  }

  t.match(await credentialOf(kubeconfig({ tokenFile: 'token' })), { credential: { value: { token: 'from-file' } } });
  const pem = (text: string) => Buffer.from(text).toString('base64');
  const certificate = kubeconfig(
    { 'client-certificate-data': pem('CERT'), 'client-key-data': pem('KEY') },
    { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' },
  );
  t.match(await credentialOf(certificate), {
    tls: { ca: 'CA', serverName: 'kubernetes' },
    credential: { value: { cert: 'CERT', key: 'KEY' } },
  });

  const refused = async (given: string, message: RegExp, env = {}) => {
    const answer = await credentialOf(given, env);
    t.match(answer, { ok: false, error: { kind: 'access', message } });
    t.notMatch(JSON.stringify(answer), 'hunter2', 'no secret in the message');
  };
  await refused('absent', /neither a file that exists nor the text/);
  await refused('', /\$KUBECONFIG "\/nowhere" names no file that exists/, { KUBECONFIG: '/nowhere' });
  await refused('', /no way to a cluster was found/);
  await refused('clusters: [\ntoken: hunter2: : }', /this is not YAML/);
  await refused(kubeconfig({ username: 'me', password: 'hunter2' }), /"username" is not supported/);
  await refused(kubeconfig({ token: 'hunter2' }, { 'proxy-url': 'http://proxy' }), /"proxy-url" is not supported/);
  await refused(kubeconfig({ token: 'hunter2', as: 'admin' }), /"as" is not supported/);
  const secret = kubeconfig({ token: 'hunter2' });
  await refused('', /\$KUBECONFIG holds a kubeconfig itself/, { KUBECONFIG: secret });
  await refused('', /\$KUBECONFIG holds a kubeconfig itself/, { KUBECONFIG: pem(secret) });
  await refused('', /\$KUBECONFIG names no file that exists/, { KUBECONFIG: `${pem('x').repeat(99)}hunter2` });
  await refused(`hunter2${'x'.repeat(999)}`, /the kubeconfig is neither a file/);
  await refused(kubeconfig({ token: 'hunter2\nx' }), /token of user "u" has characters that no token has/);
  await refused(kubeconfig({}, { server: 'https://[' }), /cluster "c" has no server/);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' };
  await refused(kubeconfig({ exec: { ...exec, args: 'a' } }), /exec has args that are not a list of strings/);
  await refused(kubeconfig({ exec: { ...exec, env: [null] } }), /exec has an env that is not a list/);
  t.match(await credentialOf(kubeconfig({ exec: null, token: 'abc\n' })), { credential: { value: { token: 'abc' } } });
  await refused(plain.replace('"current-context":"here"', '"current-context":"nowhere"'), /no context "nowhere"/);

  t.test('in a Pod', async (t) => {
    const base = testIo({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' } });
    const texts: Record<string, string> = { 'ca.crt': 'CA', token: 'first\n' };
    const io = { ...base, files: { ...base.files, read: async (path: string) => texts[path.split('/').at(-1) ?? ''] } };
    const access = await findAccess('', io);
    if (!access.ok) return t.fail(access.error.message);
    t.match(access.value, { server: 'https://10.0.0.1:443', tls: { ca: 'CA' } });
    t.match(await access.value.credential(false), { value: { token: 'first' } });
    texts['token'] = 'rotated';
    t.match(await access.value.credential(false), { value: { token: 'rotated' } }, 'the kubelet renews the file');
  });

  t.test('a credential plugin', async (t) => {
    const clock = fakeClock();
    const runs: { command: string; args: readonly string[]; env: Readonly<Record<string, string | undefined>> }[] = [];
    const plugin = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: './bin/login',
      args: ['a b', '$(x)'],
      env: [{ name: 'PROFILE', value: 'ci' }],
      provideClusterInfo: true,
    };
    let stdout = '';
    let exitCode = 0;
    const io = testIo({
      cwd,
      clock,
      processes: (command, args, options) => {
        runs.push({ command, args, env: options.env ?? {} });
        const expirationTimestamp = new Date(clock.now() + 600_000).toISOString();
        stdout = JSON.stringify({ kind: 'ExecCredential', status: { token: `t${runs.length}`, expirationTimestamp } });
        return { stdout: exitCode === 0 ? stdout : '', stderr: 'a\nlogin expired\n', exitCode };
      },
    });
    const access = await findAccess(kubeconfig({ exec: plugin }), io);
    if (!access.ok) return t.fail(access.error.message);
    const { credential } = access.value;
    t.match(await credential(false), { value: { token: 't1' } });
    t.match(await credential(false), { value: { token: 't1' } }, 'kept');
    t.match(runs, [{ command: `${cwd}/bin/login`, args: ['a b', '$(x)'], env: { PROFILE: 'ci' } }]);
    t.match(JSON.parse(runs[0]?.env['KUBERNETES_EXEC_INFO'] ?? ''), {
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server } },
    });
    await clock.sleep(560_000);
    t.match(await credential(false), { value: { token: 't2' } }, 'renewed before its end');
    t.match(await credential(true), { value: { token: 't3' } }, 'renewed when the server refused it');
    exitCode = 1;
    await clock.sleep(545_000);
    t.match(await credential(false), { value: { token: 't3' } }, 'a plugin that fails: the last one is still good');
    await clock.sleep(56_000);
    t.match(await credential(false), { ok: false });
    t.match(await credential(true), {
      ok: false,
      error: { message: /plugin "\.\/bin\/login" failed \(exit code 1\): login expired/ },
    });
  });

  t.test('a certificate reaches the connection', async (t) => {
    const seen: HttpRequest[] = [];
    const io = testIo({
      cwd,
      http: async (request) => {
        seen.push(request);
        throw new Error('seen');
      },
    });
    const access = await findAccess(certificate, io);
    if (!access.ok) return t.fail(access.error.message);
    await t.rejects(openKubernetes(access.value, 'shop', io).get(pods, 'x'), /seen/);
    t.match(seen, [{ tls: { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'kubernetes' } }]);
  });
});
