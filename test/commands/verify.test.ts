import t from 'tap';
import { verifyPods } from '../../src/commands/verify/verify-pods.js';
import { verifyRights } from '../../src/commands/verify/verify-rights.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { kinds } from '../../src/kubernetes/kinds/kinds.js';
import type { PodSpec } from '../../src/kubernetes/objects.js';
import { deployRules, isHelpful } from '../../src/kubernetes/permissions.js';
import { pods } from '../../src/kubernetes/resources.js';
import { ok } from '../../src/result.js';
import { type Call, inProcess, type Reply, type Script, status } from '../kubernetes/scripted-api.js';
import { fakeClock, testIo } from '../support/test-io.js';

const access = { server: 'https://api', tls: {}, credential: async () => ok({ token: 't' }) };
const RULES = deployRules([{ kind: 'deployment' }]);

/** An API server, and what it was asked. */
function world(script: Script) {
  const calls: Call[] = [];
  const http = inProcess((call) => {
    calls.push(call);
    return script(call);
  });
  const io = testIo({ http, clock: fakeClock() });
  return { io, calls, client: openKubernetes(access, 'shop', io) };
}

/** Answers the reviews by whether a right is among those. */
const review = (call: Call, may: (action: string) => boolean): Reply | undefined => {
  if (call.path.endsWith('/selfsubjectreviews'))
    return { json: { metadata: {}, status: { userInfo: { username: 'ci' } } } };
  if (!call.path.endsWith('/selfsubjectaccessreviews')) return undefined;
  const { verb, resource, subresource } = JSON.parse(call.body).spec.resourceAttributes;
  const action = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  return { json: { metadata: {}, status: { allowed: may(action) } } };
};

t.test('rights: what is missing, and whether it can be done without', async (t) => {
  const told = async (may: (action: string) => boolean) => {
    const { client } = world((call) => review(call, may) ?? status(404, 'NotFound', 'not found'));
    return verifyRights(client, RULES);
  };
  const all = await told(() => true);
  t.same([all.problems, all.warnings], [[], []]);
  const deployments = kinds.deployment.resource;
  t.ok(all.has('patch', deployments));
  const one = await told((action) => action !== 'patch deployments');
  t.equal(
    one.problems[0]?.cause,
    'user "ci" may not patch deployments.apps in namespace "shop": no Role bound to it has the rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]}',
  );
  t.notOk(one.has('patch', deployments));
  t.ok(one.has('get', deployments));
  const helpful = await told((action) => !['create pods', 'get pods/log', 'list events'].includes(action));
  t.same(helpful.problems, []);
  t.same(helpful.warnings, ['user "ci" may not create pods, get pods/log, list events; this goes on without']);
  t.notOk(helpful.has('create', pods));
  const none = await told(() => false);
  t.match(none.problems, [
    { cause: /may not get deployments\.apps, patch deployments\.apps, list replicasets\.apps, list pods in/ },
  ]);
  t.equal(
    none.problems[0]?.details?.filter((line) => line.startsWith('  - ')).length,
    RULES.length,
    'one of each rule',
  );
  const silent = await verifyRights(world(() => status(403, 'Forbidden', 'no reviews here')).client, RULES);
  t.same([silent.problems, silent.warnings], [[], []], 'a cluster that does not say');
});

/** What is found of a Pod. */
async function verify(
  script: Script,
  more: { readonly needsRoom?: boolean; readonly spec?: object; readonly platforms?: readonly string[] } = {},
) {
  const { io, calls, client } = world((call) => review(call, (action) => action !== 'get secrets') ?? script(call));
  const rights = await verifyRights(client, RULES);
  const plan = (image: string): PodSpec => ({ containers: [{ name: 'web', image }], ...more.spec });
  const owner = { resource: kinds.deployment.resource, metadata: { name: 'web', uid: 'u' } };
  const start = io.clock.now();
  const found = await verifyPods(client, io, rights, {
    name: 'deployment/web',
    template: { spec: plan('new') },
    owner,
    old: { template: { spec: plan('old') }, owner },
    needsRoom: more.needsRoom ?? true,
    platforms: more.platforms,
  });
  const tried = calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/pods'));
  return { ...found, cause: found.problems[0]?.cause, waited: io.clock.now() - start, tried, calls };
}

const forbidden = (why: string) => status(403, 'Forbidden', `pods "web-x7k2p" is forbidden: ${why}`);
const taken: Reply = { json: { metadata: {} } };
const QUOTA = 'exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1';

t.test('a Pod that is tried out', async (t) => {
  const good = await verify(() => taken);
  t.match(good, { problems: [], warnings: [], verified: ['quotas and policies'], unverified: [] });
  t.equal(good.tried[0]?.query.get('dryRun'), 'All');
  t.match(JSON.parse(good.tried[0]?.body ?? ''), {
    metadata: {
      generateName: 'web-',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u' }],
    },
    spec: { containers: [{ image: 'new' }] },
  });
  const early = await verify(() => forbidden('status unknown for quota: small, resources: pods'));
  t.match(early, { problems: [], warnings: [], verified: [], tried: { length: 1 } }, 'a quota that was just made');
  const rule = await verify(() => forbidden('violates PodSecurity "restricted:latest": runAsNonRoot != true'));
  t.equal(
    rule.cause,
    'deployment/web: no Pod can be made: violates PodSecurity "restricted:latest": runAsNonRoot != true',
  );
  t.equal(rule.tried.length, 1);
  const unset = await verify(() => forbidden('failed quota: small: must specify requests.cpu for: web'), {
    needsRoom: false,
  });
  t.match(unset.cause, 'failed quota: small', 'it does not get better when a Pod ends');
  const away = await verify(() => status(404, 'NotFound', 'the server could not find the requested resource'));
  t.match(away, { problems: [], warnings: [], verified: [], unverified: [] }, 'no clear answer');
});

t.test('a quota', async (t) => {
  const full = await verify(() => forbidden(QUOTA));
  t.equal(full.cause, `deployment/web: no Pod can be made: ${QUOTA}`);
  t.ok(full.waited >= 15_000, 'a Pod that is just ending is waited for');
  const ending = await verify((call) => (call.path.endsWith('/pods') && freed() ? taken : forbidden(QUOTA)));
  t.match(ending, { problems: [], verified: ['quotas and policies'] });
  const replaced = await verify(() => forbidden(QUOTA), { needsRoom: false });
  t.match(replaced, { problems: [], warnings: [`deployment/web: ${QUOTA}; there may be room`], waited: 0 });
});

/** From the third time on. */
const freed = (() => {
  let times = 0;
  return () => ++times >= 3;
})();

t.test('a policy', async (t) => {
  const denied = (why: string) =>
    status(400, 'BadRequest', `admission webhook "images.example" denied the request: ${why}`);
  const ofImage = await verify((call) => (call.body.includes('"new"') ? denied('not signed') : taken));
  t.match(ofImage.cause, 'no Pod can be made: admission webhook "images.example" denied the request: not signed');
  const ofUser = await verify(() => denied('people make no Pods'));
  t.match(ofUser.problems, []);
  t.match(ofUser.warnings, [/^deployment\/web: a Pod in a dry run was refused, .*people make no Pods$/]);
});

t.test('what it refers to', async (t) => {
  const env = [
    { name: 'A', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
    { name: 'B', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
    { name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
    { name: 'D', valueFrom: { configMapKeyRef: { name: 'absent', key: 'x' } } },
  ];
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'disk' } }];
  const spec = { containers: [{ name: 'web', env }], volumes };
  const found = await verify(
    (call) => {
      if (call.path.endsWith('/configmaps/settings')) return { json: { metadata: {}, data: { mode: 'x' } } };
      return call.method === 'POST' || call.path.endsWith('/disk')
        ? taken
        : status(404, 'NotFound', 'configmaps "absent" not found');
    },
    { spec },
  );
  t.same(
    found.problems.map(({ cause }) => cause),
    [
      'deployment/web: the ConfigMap "settings" has no key "level", which its container "web" needs',
      'deployment/web: there is no ConfigMap "absent" in namespace "shop", which its container "web" needs',
    ],
  );
  t.same(found.unverified, ['Secret database']);
  t.same(found.verified, ['quotas and policies', 'ConfigMap settings', 'PersistentVolumeClaim disk']);
  t.notOk(
    found.calls.some(({ path }) => path.includes('/secrets/')),
    'a Secret that may not be read is not asked for',
  );
  t.equal(found.calls.filter(({ path }) => path.endsWith('/configmaps/settings')).length, 1, 'each once');
});

t.test('the platforms of the image', async (t) => {
  const nodeSelector = { 'kubernetes.io/arch': 'arm64' };
  const of = (platforms: readonly string[]) =>
    verify(() => taken, { spec: { containers: [], nodeSelector }, platforms });
  t.match((await of(['linux/amd64'])).cause, 'deployment/web may run on no node of the image');
  t.same((await of(['linux/arm64'])).problems, []);
});

t.test('what helps is a right of one verb', async (t) => {
  t.ok(isHelpful({ apiGroups: [''], resources: ['pods'], verbs: ['create'] }));
  t.notOk(isHelpful({ apiGroups: [''], resources: ['pods'], verbs: ['list'] }));
});
