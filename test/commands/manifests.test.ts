import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { isRecord } from '../../src/json.js';
import { type Call, inProcess, type Reply, status as refuse, type Script } from '../kubernetes/scripted-api.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { KUBECONFIG } from '../support/scripted-kubeconfig.js';
import { fakeClock, type ScriptedProcess, testIo } from '../support/test-io.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OLD = `sha256:${'b'.repeat(64)}`;
const SHOP = 'ghcr.io/acme/shop';
const given = {
  ...ORDER,
  ...NOT_APPLIED,
  environment: 'staging',
  namespace: 'shop',
  eks: '',
  region: '',
  role: '',
  kubeconfig: KUBECONFIG,
  image: `${SHOP}@${DIGEST}`,
  commit: '0123456789abcdef0123456789abcdef01234567',
  directory: 'build-once',
  timeout: '1m',
  grace: '5m',
  dry_run: false,
  workloads: '',
  manifests: 'k8s',
};

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: ${SHOP}:latest, readinessProbe: {} }] }
`;
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { a: b }\n';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: {}\n';
const FILES = { 'k8s/1-web.yml': WEB, 'k8s/2-rest.yaml': `${SERVICE}---\n${CONFIG}` };

type Stored = Record<string, unknown> & { metadata: Record<string, unknown> };

/** An API server that keeps what is applied as it is, and whose Deployments are done at once. */
function cluster(
  before: Readonly<Record<string, Stored>> = {},
  answer: (call: Call) => Reply | undefined = () => undefined,
  broken = '',
) {
  const objects = new Map(Object.entries(before));
  const calls: Call[] = [];
  const script: Script = (call) => {
    calls.push(call);
    const own = answer(call);
    if (own !== undefined) return own;
    if (call.path === '/api/v1') {
      const resources = [
        { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
        { name: 'services/status', kind: 'Service', namespaced: true },
        { name: 'services', kind: 'Service', namespaced: true },
        { name: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
        { name: 'secrets', kind: 'Secret', namespaced: true },
        { name: 'namespaces', kind: 'Namespace', namespaced: false },
      ];
      return { json: { kind: 'APIResourceList', resources } };
    }
    // Every right is there, and every Pod would be taken.
    if (call.method === 'POST') return { json: { metadata: {}, status: { allowed: true } } };
    const [, plural = '', name] = /\/namespaces\/shop\/([a-z]+)(?:\/(\w+))?$/.exec(call.path) ?? [];
    const key = `${plural}/${name}`;
    if (name === undefined) return { json: { metadata: {}, items: itemsOf(plural, objects, broken) } };
    const found = objects.get(key);
    if (call.method === 'GET')
      return found === undefined ? refuse(404, 'NotFound', `${key} not found`) : { json: found };
    const body = JSON.parse(call.body);
    const applied = 'apiVersion' in body ? body : merge(found, body);
    const generation = Number(found?.metadata['generation'] ?? 0) + 1;
    const owned = { manager: 'build-once', operation: 'Apply', fieldsV1: { keys: Object.keys(applied) } };
    const replicas = applied.spec?.replicas ?? 1;
    const status = { replicas, updatedReplicas: replicas, availableReplicas: replicas, observedGeneration: generation };
    const stored = {
      ...applied,
      metadata: { ...applied.metadata, uid: key, generation, resourceVersion: `${generation}`, managedFields: [owned] },
      ...(plural === 'deployments' ? { spec: { replicas, ...applied.spec }, status } : {}),
    };
    if (call.query.get('dryRun') === null) objects.set(key, stored);
    return { json: stored };
  };
  return { objects, calls, script, writes: () => calls.filter(({ method }) => method === 'PATCH') };
}

/** @see https://www.rfc-editor.org/rfc/rfc7396 */
function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** The ReplicaSets of the Deployments, and their Pods, of which crash those whose image is the one that is broken. */
function itemsOf(plural: string, objects: ReadonlyMap<string, Stored>, broken: string): readonly object[] {
  return [...objects].flatMap(([key, object]): readonly object[] => {
    const [, name] = /^deployments\/(\w+)$/.exec(key) ?? [];
    const { replicas = 1, template } = (object['spec'] ?? {}) as {
      replicas?: number;
      template?: { spec: { containers: { name: string; image: string }[] } };
    };
    if (name === undefined || template === undefined) return [];
    const owned = (uid: string) => ({ ownerReferences: [{ uid }] });
    if (plural === 'replicasets') return [{ metadata: { name, uid: `${key}-r`, ...owned(key) }, spec: { template } }];
    if (plural !== 'pods' || replicas === 0) return [];
    const isUp = template.spec.containers.every(({ image }) => image !== broken);
    const state = isUp ? { running: { startedAt: '2025-01-01T00:00:00Z' } } : { terminated: { exitCode: 3 } };
    const containerStatuses = [{ name, ready: isUp, restartCount: isUp ? 0 : 3, state }];
    const conditions = [{ type: 'Ready', status: isUp ? 'True' : 'False' }];
    const metadata = { name: `${name}-1`, uid: `${key}-p`, ...owned(`${key}-r`) };
    return [{ metadata, spec: template.spec, status: { conditions, containerStatuses } }];
  });
}

async function doDeploy(
  t: Test,
  files: Readonly<Record<string, string>>,
  script: Script,
  more: object = {},
  processes?: ScriptedProcess,
  links: Readonly<Record<string, string>> = {},
) {
  const cwd = t.testdir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(cwd, path));
  const io = testIo({ cwd, clock: fakeClock(), http: inProcess(script), ...(processes ? { processes } : {}) });
  const result = await deploy({ ...given, ...more }, io);
  const { cause = '', details = [], next = '' } = result.ok ? {} : result.error;
  return {
    ok: result.ok,
    out: io.out(),
    cause,
    code: result.ok ? 0 : result.error.code,
    told: [result.ok ? result.value.summary : cause, ...details, next].join('\n'),
  };
}

t.test('all is tried before anything is applied, and workloads come last', async (t) => {
  const { script, calls, writes } = cluster();
  const done = await doDeploy(t, FILES, script);
  t.ok(done.ok, done.told);
  t.match(done.told, `Running ${DIGEST} on 1 Pod: deployment/web`);
  const sent = writes().map(({ method, path, query }) => [
    method,
    path.split('/').slice(-2).join('/'),
    query.get('dryRun'),
  ]);
  t.same(sent, [
    ...[['configmaps/web'], ['services/web'], ['deployments/web']].map(([path]) => ['PATCH', path, 'All']),
    ...[['configmaps/web'], ['services/web'], ['deployments/web']].map(([path]) => ['PATCH', path, null]),
  ]);
  t.equal(calls.filter(({ path }) => path === '/api/v1').length, 1, 'an API is asked once');
  for (const { query, headers } of writes()) {
    t.match(headers, { 'content-type': 'application/apply-patch+yaml' });
    t.equal(
      `${query.get('fieldManager')} ${query.get('force')} ${query.get('fieldValidation')}`,
      'build-once false Strict',
    );
  }
  const bodies = writes().map(({ body }) => JSON.parse(body));
  t.same(bodies[3], {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop' },
    data: { a: 'b' },
  });
  t.match(bodies[5], {
    metadata: { namespace: 'shop', annotations: { 'build-once/digest': DIGEST, 'build-once/commit': given.commit } },
    spec: { template: { spec: { containers: [{ image: `${SHOP}@${DIGEST}` }] } } },
  });
});

t.test('the same again changes nothing; a dry run tells the fields', async (t) => {
  const { script, writes } = cluster();
  await doDeploy(t, FILES, script);
  const count = writes().length;
  const again = await doDeploy(t, FILES, script);
  t.match(again.told, 'nothing was changed');
  t.match(
    again.out,
    'configmap/web: nothing to change\nservice/web: nothing to change\ndeployment/web: nothing to change\n',
  );
  t.ok(
    writes()
      .slice(count)
      .every(({ query }) => query.get('dryRun') === 'All'),
  );
  const changed = { ...FILES, 'k8s/2-rest.yaml': `${SERVICE}---\n${CONFIG.replace('a: b', 'a: c')}` };
  const planned = await doDeploy(t, changed, script, { dry_run: true });
  t.match(planned.out, 'configmap/web: data.a: b -> c\n');
  t.match(planned.told, 'Dry run: 1 of 3 objects would change; nothing was changed.');
});

/** Conflicts, as the API server tells them. */
function conflict(...causes: readonly (readonly [manager: string, field: string])[]): Reply {
  const details = {
    causes: causes.map(([manager, field]) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${manager}`,
      field,
    })),
  };
  return { status: 409, json: { kind: 'Status', code: 409, reason: 'Conflict', message: 'Apply failed', details } };
}

/** A Deployment as somebody else has made it. */
const live = (annotations: object = {}): Stored => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'deployments/web',
    generation: 1,
    resourceVersion: '7',
    annotations,
  },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: `${SHOP}:1` }] } },
  },
});

t.test('a conflict with those who give way is resolved, for the object as it was seen', async (t) => {
  const image = '.spec.template.spec.containers[name="web"].image';
  const fields = [
    ['"kubectl-client-side-apply" using apps/v1', '.spec.template.metadata.labels.app'],
    ['"flux"', image],
    ['"rollouts-controller" using argoproj.io/v1alpha1', '.spec.template.spec.containers'],
    ['"build-once" using apps/v1', '.metadata.annotations.build-once/digest'],
    ['"somebody"', '.metadata.annotations.kubernetes.io/change-cause'],
  ] as const;
  const { script, writes } = cluster({ 'deployments/web': live() }, ({ method, query, path }) =>
    method === 'PATCH' && path.endsWith('deployments/web') && query.get('force') === 'false'
      ? conflict(...fields)
      : undefined,
  );
  const done = await doDeploy(t, FILES, script);
  t.ok(done.ok, done.told);
  t.match(done.out, 'deployment/web: takes over from kubectl-client-side-apply: spec.template.metadata.labels.app\n');
  t.match(done.out, 'deployment/web: takes over from flux: spec.template.spec.containers[web].image\n');
  t.notMatch(done.out, /takes over from (build-once|somebody)/);
  const last = writes().at(-1);
  t.equal(last?.query.get('force'), 'true');
  t.match(JSON.parse(last?.body ?? ''), { metadata: { resourceVersion: '7' } });
});

t.test('as many replicas as there are, where the manifest does not say any more how many', async (t) => {
  const applied = (fields: object, manager = 'build-once', operation = 'Apply') => {
    const object = live();
    const managedFields = [{ manager, operation, fieldsV1: fields }];
    return { 'deployments/web': { ...object, metadata: { ...object.metadata, managedFields } } };
  };
  const owned = { 'f:spec': { 'f:replicas': {} } };
  const sent = async (before: Readonly<Record<string, Stored>>, text = WEB) => {
    const { script, writes } = cluster(before);
    await doDeploy(t, { 'k8s/web.yml': text }, script);
    return JSON.parse(writes().at(-1)?.body ?? '').spec.replicas;
  };
  t.equal(await sent(applied(owned)), 5);
  t.equal(await sent(applied(owned), WEB.replace('spec:', 'spec:\n  replicas: 2')), 2);
  t.equal(await sent(applied({ 'f:spec': {} })), undefined, 'an autoscaler has taken it');
  t.equal(await sent(applied(owned, 'kube-controller-manager', 'Update')), undefined);
  t.equal(await sent(applied(owned, 'build-once', 'Update')), undefined);
});

t.test('a conflict with anybody else is told by field, and nothing is changed', async (t) => {
  const answer = ({ method, query }: Call) =>
    method === 'PATCH' && query.get('force') === 'false'
      ? conflict(
          ['"kube-controller-manager" with subresource "scale" using apps/v1', '.spec.replicas'],
          ['"kubectl" with subresource "scale" using apps/v1', '.spec.ports[port=80,protocol="TCP"].targetPort'],
          ['"kubectl-client-side-apply" using apps/v1', '.spec.template.metadata.labels.app'],
        )
      : undefined;
  const { script, writes } = cluster({ 'deployments/web': live() }, answer);
  const refused = await doDeploy(t, { 'k8s/web.yml': WEB }, script);
  t.equal(refused.cause, 'deployment/web has 2 fields that others have set to other values than its manifest');
  t.match(refused.told, 'spec.replicas: owned by kube-controller-manager (scale): 5 -> 1\n');
  t.match(refused.told, 'spec.ports[80].targetPort: owned by kubectl (scale)\n');
  t.match(refused.told, /Nothing was changed\. .*--force-conflicts/);
  t.ok(writes().every(({ query }) => query.get('dryRun') === 'All'));
  const forced = await doDeploy(t, { 'k8s/web.yml': WEB }, script, { force_conflicts: true });
  t.ok(forced.ok, forced.told);
  t.match(forced.out, 'deployment/web: takes over from kube-controller-manager: spec.replicas\n');
});

t.test('what is refused in the middle says what was changed before it', async (t) => {
  const { script } = cluster({}, ({ method, path, query }) =>
    method === 'PATCH' && path.endsWith('services/web') && query.get('dryRun') === null
      ? refuse(422, 'Invalid', 'Service "web" is invalid')
      : undefined,
  );
  const end = await doDeploy(t, FILES, script, { rollback: 'automatic' });
  t.match(end.cause, 'the cluster would not patch Service "web" in namespace "shop": Service "web" is invalid');
  t.match(end.told, 'changed before it: configmap/web\nnothing was rolled back\nMend that, then run this job again');
});

t.test('a field that no kind has is told at once, though the server calls it its own fault', async (t) => {
  const said =
    'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema';
  const { script, writes } = cluster({}, ({ method }) => (method === 'PATCH' ? refuse(500, '', said) : undefined));
  t.match((await doDeploy(t, { 'k8s/web.yml': WEB }, script)).cause, said);
  t.equal(writes().length, 1, 'and not tried again');
});

t.test('a field that may not change is told without the whole of what it holds', async (t) => {
  const causes = [
    { field: 'spec.template', message: `Invalid value: {"Spec": "${'x: '.repeat(100)}"}: field is immutable` },
    { field: 'spec.a', message: 'Invalid value: "b": no' },
  ];
  const said = causes.map(({ field, message }) => `${field}: ${message}`).join(', ');
  const { script } = cluster({}, ({ method, path }) =>
    method === 'PATCH' && path.endsWith('/services/web')
      ? { status: 422, json: { kind: 'Status', message: `Service "web" is invalid: [${said}]`, details: { causes } } }
      : undefined,
  );
  const { cause, told } = await doDeploy(t, FILES, script);
  t.equal(
    cause,
    'k8s/2-rest.yaml:1: the cluster would not patch Service "web" in namespace "shop": Service "web" is invalid: [spec.template: Invalid value: (not shown): field is immutable, spec.a: Invalid value: "b": no]',
  );
  t.match(told, 'delete the object by hand, so that it is made anew');
});

t.test('a value of a Secret is in no failure', async (t) => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData: { password: 123456789 }\n';
  // As the API server of 1.34 says it.
  const said =
    'failed to create typed patch object (shop/web; /v1, Kind=Secret): .stringData.password: expected string, got &value.valueUnstructured{Value:123456789}';
  const { script } = cluster({}, ({ method, path }) =>
    method === 'PATCH' && path.endsWith('/secrets/web') ? refuse(500, '', said) : undefined,
  );
  const { told } = await doDeploy(t, { ...FILES, 'k8s/secret.yml': secret }, script);
  t.match(told, /\.stringData\.password: expected string, got \(not shown\)$/m);
  t.notMatch(told, '123456789');
});

t.test('a right that only helps elsewhere is needed for what is applied', async (t) => {
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: once }\nspec: {}\n';
  const { script, writes } = cluster({}, ({ path, body }) => {
    if (path === '/apis/batch/v1') return { json: { resources: [{ name: 'jobs', kind: 'Job', namespaced: true }] } };
    const { resource, verb } = path.endsWith('/selfsubjectaccessreviews')
      ? JSON.parse(body).spec.resourceAttributes
      : {};
    return resource === 'jobs' && verb === 'patch' ? { json: { metadata: {}, status: { allowed: false } } } : undefined;
  });
  const end = await doDeploy(t, { ...FILES, 'k8s/job.yml': job }, script);
  t.match(end.cause, /the user of this job may not patch jobs\.batch in namespace "shop"/);
  t.ok(
    writes().every(({ query }) => query.get('dryRun') === 'All'),
    'no Job is left out in silence',
  );
});

t.test('what Pods refer to may be among the manifests', async (t) => {
  const { script, calls } = cluster();
  const pod = (more: string) =>
    WEB.replace('spec: { containers', `spec: { ${more}, volumes: [{ name: v, configMap: { name: web } }], containers`);
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: runner }\n';
  const tried = () => calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/pods')).length;
  const files = { 'k8s/web.yml': pod('serviceAccountName: runner'), 'k8s/rest.yml': `${CONFIG}---\n${account}` };
  const first = await doDeploy(t, files, script);
  t.ok(first.ok, first.told);
  t.match(first.out, 'Verified: rights, ConfigMap web.\n');
  t.equal(tried(), 0, 'a Pod of an account that is not there cannot be tried');
  t.ok((await doDeploy(t, { ...files, 'k8s/web.yml': pod('serviceAccountName: runner, hostname: a') }, script)).ok);
  t.equal(tried(), 1);
  const absent = await doDeploy(
    t,
    { 'k8s/web.yml': pod('hostname: b').replace('configMap: { name: web }', 'configMap: { name: wep }') },
    script,
  );
  t.match(absent.cause, 'deployment/web: there is no ConfigMap "wep" in namespace "shop", which its volume "v" needs');
});

t.test('what another pipeline deploys is not set back', async (t) => {
  const record = { 'build-once/commit': 'f'.repeat(40), 'build-once/digest': OLD };
  const api = live(record);
  const { script, writes } = cluster({ 'deployments/api': api });
  const other = WEB.replaceAll('web', 'api').replace(SHOP, 'ghcr.io/acme/api');
  const end = await doDeploy(t, { ...FILES, 'k8s/api.yml': other }, script);
  t.equal(
    end.cause,
    `deployment/api runs an image that is deployed on its own: ${OLD}, of commit ${'f'.repeat(40)}; the manifests would replace it`,
  );
  t.ok(writes().every(({ query }) => query.get('dryRun') === 'All'));
});

t.test('the image that another pipeline has set in a container of the same workload is not set back', async (t) => {
  const image = '.spec.template.spec.containers[name="proxy"].image';
  const { script } = cluster({ 'deployments/web': live() }, ({ method, query }) =>
    method === 'PATCH' && query.get('force') === 'false' ? conflict(['"build-once" using apps/v1', image]) : undefined,
  );
  const two = WEB.replace('readinessProbe: {} }', 'readinessProbe: {} }, { name: proxy, image: ghcr.io/acme/proxy:1 }');
  const end = await doDeploy(t, { 'k8s/web.yml': two }, script);
  t.match(end.told, 'spec.template.spec.containers[proxy].image: owned by build-once');
});

t.test('a container that others have set, and that would run another version, is told', async (t) => {
  const { script, writes } = cluster({}, ({ method, path, body }) => {
    if (method !== 'PATCH' || !path.endsWith('deployments/web')) return undefined;
    const applied = JSON.parse(body);
    applied.spec.template.spec.containers.push({ name: 'old', image: `${SHOP}:1` });
    return { json: applied };
  });
  const end = await doDeploy(t, FILES, script);
  t.equal(end.cause, `deployment/web would keep its container "old" with ${SHOP}:1, which is not in the manifest`);
  t.ok(writes().every(({ query }) => query.get('dryRun') === 'All'));
});

t.test('nothing is applied to what is being deleted', async (t) => {
  const metadata = { name: 'web', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x.io/keep'] };
  const { script, writes } = cluster({ 'configmaps/web': { apiVersion: 'v1', kind: 'ConfigMap', metadata } });
  const end = await doDeploy(t, FILES, script);
  t.equal(
    end.cause,
    'configmap/web is being deleted since 2026-01-01T00:00:00Z, and what is applied to it would go with it',
  );
  t.match(end.told, 'it waits for x.io/keep');
  t.ok(writes().every(({ query }) => query.get('dryRun') === 'All'));
});

t.test('texts of a Secret are its data, so that each key is owned', async (t) => {
  const { script, objects } = cluster();
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\ndata: { a: Yg== }\nstringData: { c: "é" }\n';
  t.ok((await doDeploy(t, { ...FILES, 'k8s/secret.yml': secret }, script)).ok);
  t.same(objects.get('secrets/web')?.['data'], { a: 'Yg==', c: 'w6k=' });
  t.notMatch(objects.get('secrets/web'), { stringData: {} });
});

/** A first deployment, and a second one of other values, during which somebody else writes the ConfigMap. */
async function deployMeanwhile(t: Test, meanwhile: (objects: Map<string, Stored>) => void) {
  let isMeanwhile = false;
  const { objects, script } = cluster({}, ({ method, path, query, body }) => {
    if (!isMeanwhile || method !== 'PATCH' || !path.endsWith('configmaps/web')) return undefined;
    if (query.get('dryRun') !== null || JSON.parse(body).metadata.resourceVersion !== '1') return undefined;
    isMeanwhile = false;
    const found = objects.get('configmaps/web');
    if (found !== undefined) found.metadata['resourceVersion'] = '5';
    meanwhile(objects);
    return refuse(409, 'Conflict', 'the object has been modified');
  });
  t.ok((await doDeploy(t, FILES, script, { image: RUNS })).ok);
  isMeanwhile = true;
  const changed = { ...FILES, 'k8s/2-rest.yaml': `${SERVICE}---\n${CONFIG.replace('a: b', 'a: c')}` };
  const end = await doDeploy(t, changed, script);
  t.notOk(isMeanwhile);
  return { end, data: objects.get('configmaps/web')?.['data'] };
}

t.test('an object that somebody has changed since is looked at anew', async (t) => {
  const { end, data } = await deployMeanwhile(t, () => undefined);
  t.ok(end.ok, end.told);
  t.same(data, { a: 'c' });
});

t.test('nor is it set back where a newer deployment has changed it', async (t) => {
  const { end, data } = await deployMeanwhile(t, (objects) => {
    const newer = JSON.stringify(objects.get('deployments/web'))
      .replaceAll(OLD, `sha256:${'c'.repeat(64)}`)
      .replaceAll(given.commit, 'c'.repeat(40));
    objects.set('deployments/web', JSON.parse(newer));
  });
  t.match(end.cause, /whether commit 0123456789abcdef.* is newer than c{40}, which deployment\/web runs, is not known/);
  t.match(end.told, 'nothing was changed before it');
  t.same(data, { a: 'b' });
});

t.test('an older commit is refused before anything is applied', async (t) => {
  const record = { 'build-once/commit': 'f'.repeat(40), 'build-once/digest': OLD };
  const { script, writes } = cluster({ 'deployments/web': live(record) });
  const end = await doDeploy(t, FILES, script);
  t.match(end.cause, /whether commit 0123456789abcdef.* is newer than f{40}, which deployment\/web runs, is not known/);
  t.ok(writes().every(({ query }) => query.get('dryRun') === 'All'));
});

const imageOf = (object: Stored | undefined) =>
  (object as { spec?: { template: { spec: { containers: { image: string }[] } } } } | undefined)?.spec?.template.spec
    .containers[0]?.image;
const [RUNS, BROKEN] = [`${SHOP}@${OLD}`, `${SHOP}@${DIGEST}`];
const EARLIER = { image: RUNS, commit: 'a'.repeat(40) };

t.test('what it replaces is kept on the workload, and by the same again too', async (t) => {
  const { script, objects } = cluster();
  await doDeploy(t, FILES, script, EARLIER);
  const annotations = () => objects.get('deployments/web')?.metadata['annotations'] as Record<string, string>;
  t.notOk(annotations()['build-once/previous'], 'there was nothing before');
  const next = { rollback_to: given.commit };
  t.ok((await doDeploy(t, FILES, script, next)).ok);
  const kept = annotations()['build-once/previous'] ?? '';
  t.match(JSON.parse(kept), {
    by: 'deploy',
    images: { web: RUNS },
    annotations: { 'build-once/commit': EARLIER.commit, 'build-once/digest': OLD },
  });
  const more = { ...FILES, 'k8s/1-web.yml': WEB.replace('spec:', 'spec:\n  minReadySeconds: 1') };
  t.ok((await doDeploy(t, more, script, next)).ok);
  t.equal(annotations()['build-once/previous'], kept);
});

t.test('of an older record nothing is left', async (t) => {
  const record = { 'build-once/commit': EARLIER.commit, 'build-once/digest': OLD };
  const stale = { 'build-once/created': '2030-01-01T00:00:00Z', 'build-once/user': 'somebody' };
  const { script, objects, writes } = cluster({ 'deployments/web': live({ ...record, ...stale, team: 'shop' }) });
  t.ok((await doDeploy(t, FILES, script, { rollback_to: given.commit })).ok);
  const { annotations } = objects.get('deployments/web')?.metadata ?? {};
  t.match(annotations, { 'build-once/commit': given.commit, 'build-once/created': '', 'build-once/user': '' });
  t.notMatch(annotations, { team: /.*/ }, 'what is of others is not applied');
  const count = writes().length;
  t.match((await doDeploy(t, FILES, script, { rollback_to: given.commit })).told, 'nothing was changed');
  t.ok(
    writes()
      .slice(count)
      .every(({ query }) => query.get('dryRun') === 'All'),
  );
});

t.test('rollback: the images and the record go back, all else stays', async (t) => {
  const { script, objects } = cluster({}, undefined, BROKEN);
  t.ok((await doDeploy(t, FILES, script, EARLIER)).ok);
  const before = structuredClone(objects.get('deployments/web'));
  const changed = {
    'k8s/1-web.yml': WEB.replace('spec:', 'spec:\n  minReadySeconds: 1'),
    'k8s/2-rest.yaml': `${SERVICE}---\n${CONFIG.replace('a: b', 'a: c')}`,
  };
  const end = await doDeploy(t, changed, script, { rollback: 'automatic', rollback_to: given.commit });
  t.equal(end.code, 75, end.told);
  t.match(end.told, 'deployment/web: container web: sha256:aaaaaaaaaaaa.. -> sha256:bbbbbbbbbbbb..');
  t.match(end.told, 'deployment/web: what else its manifest has changed stays');
  const web = objects.get('deployments/web');
  t.equal(imageOf(web), RUNS);
  t.same(web?.metadata['annotations'], before?.metadata['annotations']);
  t.match(web, { spec: { minReadySeconds: 1 } });
  t.match(objects.get('configmaps/web'), { data: { a: 'c' } });
});

t.test('rollback: what it has made stays, and a container that it has added', async (t) => {
  const made = cluster({}, undefined, BROKEN);
  const first = await doDeploy(t, FILES, made.script, { rollback: 'automatic' });
  t.equal(first.code, 1);
  t.match(first.told, 'There is nothing to go back to');
  t.equal(imageOf(made.objects.get('deployments/web')), BROKEN);

  const { script, objects } = cluster({}, undefined, BROKEN);
  await doDeploy(t, FILES, script, EARLIER);
  const two = WEB.replace('readinessProbe: {} }', `readinessProbe: {} }, { name: more, image: ${SHOP}:1 }`);
  const end = await doDeploy(t, { ...FILES, 'k8s/1-web.yml': two }, script, {
    rollback: 'automatic',
    rollback_to: given.commit,
    timeout: '10s',
  });
  t.match(end.told, 'deployment/web: container more: was not there before, stays sha256:aaaaaaaaaaaa..');
  t.match(end.told, 'and the rollback did not come up', 'that container crashes on');
  t.notMatch(end.told, 'changed by someone else');
  t.equal(imageOf(objects.get('deployments/web')), RUNS);
});

t.test('rollback: what has no image to return has to be up as it is', async (t) => {
  const other = 'ghcr.io/acme/cache';
  const { script } = cluster({}, undefined, `${other}:2`);
  const cache = WEB.replaceAll('web', 'cache').replace(SHOP, other);
  t.ok((await doDeploy(t, { ...FILES, 'k8s/cache.yml': cache }, script, EARLIER)).ok);
  const next = { rollback: 'automatic', rollback_to: given.commit };
  const end = await doDeploy(t, { ...FILES, 'k8s/cache.yml': cache.replace(':latest', ':2') }, script, next);
  t.equal(end.code, 1, 'not 75: that one is not back');
  t.match(end.cause, /^deployment\/cache failed: .*; and the rollback did not come up: deployment\/cache failed: /);
});

t.test('no rollback is advised where the image stays the same', async (t) => {
  const { script } = cluster({}, ({ path }) =>
    path.endsWith('/pods') && isBroken ? { json: BROKEN_PODS } : undefined,
  );
  let isBroken = false;
  t.ok((await doDeploy(t, FILES, script)).ok);
  isBroken = true;
  const more = { ...FILES, 'k8s/1-web.yml': WEB.replace('spec:', 'spec:\n  minReadySeconds: 1') };
  const end = await doDeploy(t, more, script, { timeout: '5s' });
  t.match(end.told, 'a rollback returns images alone: mend the manifests');
  t.notMatch(end.told, 'To go back:');
});
const BROKEN_PODS = { metadata: {}, items: [] };

t.test('manifests that cannot be read, each with its place', async (t) => {
  const { script, calls } = cluster();
  const bad = {
    'k8s/a.yaml': '# nothing\n---\nkind: X\n---\n- 1\n---\napiVersion: v1\n---\napiVersion: v1\nkind: X\n',
    'k8s/b.yml': 'apiVersion: v1\n\tkind: X\n',
    'k8s/c.json': '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "X"}, 1]}',
    'k8s/d.json': '{"apiVersion": ',
    'k8s/e.yml': 'a: 1\na: 2\n',
    'k8s/f.yaml/g.yml': 'not: read',
    'k8s/h.yml': 'a: 1\n---\nb:\n  - c\n  {{- if .Values.d }}\n',
    'k8s/notes.txt': 'not: [read',
  };
  const { told } = await doDeploy(t, bad, script);
  for (const line of [
    'a manifest cannot be read: k8s/a.yaml:3: there is no apiVersion, such as "apps/v1"\n',
    'k8s/a.yaml:5: this is no object of Kubernetes, which is a mapping with apiVersion and kind\n',
    'k8s/a.yaml:7: there is no kind, such as "Deployment"\n',
    'k8s/a.yaml:9: this X has no metadata.name\n',
    /k8s\/b\.yml:2:1: not valid YAML: .*; indent with spaces: YAML does not allow tabs\n/,
    'k8s/c.json:1, item 1: this X has no metadata.name\n',
    'k8s/c.json:1, item 2: this is no object of Kubernetes',
    /k8s\/d\.json:\d+:\d+: not valid YAML/,
    /k8s\/e\.yml:2:\d+: not valid YAML: duplicated mapping key/,
    'k8s/h.yml:5: this is a template, as Helm has them, and not YAML',
  ])
    t.match(told, line);
  t.equal(calls.length, 0, 'the cluster was not asked');
  t.match((await doDeploy(t, { 'k8s/x.txt': '' }, script)).cause, 'there is no manifest in k8s');
  const lost = await doDeploy(t, FILES, script, {}, undefined, { 'k8s/a.yml': 'nowhere.yml' });
  t.equal(lost.cause, 'k8s/a.yml is a link that leads nowhere');
  const chart = { 'k8s/Chart.yaml': 'apiVersion: v2\nname: shop\n', 'k8s/values.yaml': 'a: b\n' };
  t.match((await doDeploy(t, chart, script)).cause, 'k8s is a Helm chart, which is not built here');
});

t.test('what the cluster does not have, or this does not deploy, is refused, all of it at once', async (t) => {
  const { script, writes } = cluster({}, ({ path }) =>
    ['/apis/x.io/v1', '/apis/argoproj.io/v1alpha1'].includes(path)
      ? { status: 404, pieces: ['404 page not found'] }
      : undefined,
  );
  const object = (apiVersion: string, kind: string, more = '') =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a${more} }\n`;
  const files = {
    ...FILES,
    'k8s/a.yaml': object('v1', 'Namespace'),
    'k8s/b.yaml': object('v1', 'ConfigMop'),
    'k8s/c.yaml': object('x.io/v1', 'Thing'),
    'k8s/d.yaml': object('v1', 'Service', ', namespace: other'),
    'k8s/e.yaml': object('v1', 'Gizmo'),
    'k8s/f.yaml': object('argoproj.io/v1alpha1', 'Rollout'),
  };
  const { told } = await doDeploy(t, files, script);
  const alone = await doDeploy(
    t,
    { 'k8s/web.yml': WEB.replace('name: web }', 'name: web, namespace: other }') },
    script,
  );
  t.notMatch(alone.told, 'no workload in the manifests', 'which nobody has looked for yet');
  for (const line of [
    'k8s/a.yaml:1: the Namespace a is of the whole cluster, and deploy applies what is in a namespace\n',
    'k8s/b.yaml:1: the API v1 of the cluster has no kind ConfigMop\n',
    'k8s/c.yaml:1: the cluster has no API x.io/v1, which the Thing a is of\n',
    'k8s/d.yaml:1: the Service a is of namespace "other", and this deploys to "shop"\n',
    'k8s/e.yaml:1: the API v1 of the cluster has no kind Gizmo\n',
    'k8s/f.yaml:1: the cluster has no API argoproj.io/v1alpha1, which the Rollout a is of\n',
  ])
    t.match(told, line);
  t.equal(writes().length, 0);
});

t.test('an image that nothing would run', async (t) => {
  const { script } = cluster();
  const of = (files: Readonly<Record<string, string>>, more: object = {}) => doDeploy(t, files, script, more);
  const other = { 'k8s/web.yml': WEB.replace(SHOP, 'ghcr.io/acme/other') };
  t.match(await of(other), {
    cause: `no workload in the manifests has a container with an image of ${SHOP}`,
    told: /deployment\/web: web \(ghcr\.io\/acme\/other:latest\)/,
  });
  t.match((await of({ 'k8s/c.yml': CONFIG })).told, 'they have no containers');
  t.ok((await of(other, { containers: 'web' })).ok, 'but by its name');
  t.match((await of(FILES, { containers: 'web, wep' })).cause, 'no container in the manifests is called "wep"');
  t.match(
    (await of(FILES, { workloads: 'deployment/wep' })).told,
    'deployment/wep is not in the manifests\nworkloads in them: deployment/web',
  );
  const both = { ...FILES, 'k8s/o.yml': other['k8s/web.yml'].replaceAll('web', 'other') };
  t.match(
    (await of(both, { workloads: 'deployment/other' })).cause,
    `deployment/other has no container with an image of ${SHOP} in the manifests`,
  );
});

t.test('what has no container with the image does not count as running it', async (t) => {
  const { script } = cluster();
  const cache = WEB.replaceAll('web', 'cache').replace(SHOP, 'ghcr.io/acme/cache');
  const done = await doDeploy(t, { 'k8s/web.yml': WEB, 'k8s/cache.yml': cache }, script);
  t.match(done.told, `Running ${DIGEST} on 1 Pod: deployment/web; beside them, without it: deployment/cache; after`);
  const none = WEB.replace('spec:', 'spec:\n  replicas: 0');
  const idle = await doDeploy(t, { 'k8s/web.yml': none, 'k8s/cache.yml': cache }, script);
  t.equal(idle.cause, 'the digest is set, but it runs nowhere: deployment/web has 0 replicas');
});

t.test('a kustomization is built by the program that is there', async (t) => {
  const { script } = cluster();
  const files = { 'k8s/kustomization.yaml': 'resources: []\n', 'k8s/patch.yaml': 'not: [read' };
  const asked: string[] = [];
  const processes =
    (there: string, end: { exitCode?: number; stdout?: string; stderr?: string }): ScriptedProcess =>
    (command, args) => {
      asked.push([command, ...args].join(' '));
      return command === there ? end : { exitCode: undefined, error: 'not found' };
    };
  t.ok((await doDeploy(t, files, script, {}, processes('kubectl', { stdout: `${CONFIG}---\n${WEB}` }))).ok);
  t.same(asked, ['kustomize build -- k8s', 'kubectl kustomize -- k8s']);
  const broken = await doDeploy(
    t,
    files,
    script,
    {},
    processes('kustomize', { exitCode: 1, stderr: 'Error: no such\nfile\n' }),
  );
  t.match(
    broken.told,
    'kustomize cannot build k8s: it ended with code 1\nError: no such\nfile\nTry it: kustomize build k8s',
  );
  const none = await doDeploy(t, files, script, {}, processes('', {}));
  t.match(none.cause, 'k8s is a kustomization, and there is neither kustomize nor kubectl to build it with');
});
