import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { manifestRules } from '../../src/kubernetes/permissions.js';
import { guessResource } from '../../src/kubernetes/resources.js';
import type { Rule } from '../../src/kubernetes/rule.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeNamespace } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/**
 * `deploy --manifests` on a real cluster, as a user who has the rules for the kinds of the manifests and nothing more.
 * Each test has a namespace and a folder of its own.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/manifests-e2e-${randomBytes(4).toString('hex')}`;
/** That is not deployed here. */
const other = `${repository}-other`;
if (skip === false) t.setTimeout(1_800_000);

/** The rules for the kinds that these tests apply. */
const RULES: readonly Rule[] = manifestRules(
  [
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'Service'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['batch/v1', 'Job'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['policy/v1', 'PodDisruptionBudget'],
  ].map(([apiVersion = '', kind = '']) => guessResource(apiVersion, kind)),
);

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: ${repository}:latest
          command: [sh, /run.sh]
          readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
          env:
            - {name: LOG_LEVEL, value: info}
          envFrom:
            - configMapRef: {name: web}
`;
const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {GREETING: hello}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: old-secret}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
`;
const SHOP = {
  'k8s/config.yml': CONFIG,
  'k8s/service.yaml': SERVICE,
  'k8s/web.yaml': WEB,
  'k8s/README.md': 'not: [read',
};

/** A folder with these files. */
async function folderOf(t: Test, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = t.testdir();
  await write(folder, files);
  return folder;
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A deployment of the folder `k8s`: everything that it has said. */
async function doDeploy(t: Test, cwd: string, namespace: string, digest: string, more: object = {}) {
  const io = testIo({ cwd });
  const given = {
    ...TO_STAGING,
    workloads: 'deployment/web',
    manifests: 'k8s',
    namespace,
    image: `${repository}@${digest}`,
    timeout: '300s',
    grace: '5m',
  };
  const result = await deploy({ ...given, ...more }, io);
  const { cause = '', details = [], next = '', code = 0 } = result.ok ? {} : result.error;
  const told = [cause, ...details, `next: ${next}`].join('\n');
  t.comment(`${io.out()}${result.ok ? result.value.summary : told}`);
  return { code, out: io.out(), summary: result.ok ? result.value.summary : '', cause, told };
}

const get = (namespace: string, name: string, path: string) =>
  kubectl(['-n', namespace, 'get', name, '-o', `jsonpath=${path}`]);

t.test('on a cluster', { skip, jobs: 4, timeout: 1_800_000 }, async (t) => {
  const [first, second, broken, cached] = await Promise.all([
    makeImage(repository, 'echo first; exec sleep 3600'),
    makeImage(repository, 'echo second; exec sleep 3600'),
    makeImage(repository, 'echo broken; exit 3'),
    makeImage(other, 'exec sleep 3600'),
  ]);
  const start = (t: Test) => makeNamespace(t, undefined, ['deployment', 'statefulset'], RULES);

  t.test(
    'the first deployment, a change of values, and nothing to do',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const folder = await folderOf(t, SHOP);
      const plan = await doDeploy(t, folder, ns, first, { dry_run: true });
      t.equal(plan.summary, 'Dry run: 4 of 4 objects would change; nothing was changed.');
      t.match(
        plan.out,
        /secret\/web: is made\nconfigmap\/web: is made\nservice\/web: is made\ndeployment\/web: is made/,
      );
      await t.rejects(get(ns, 'configmap/web', '{.data}'), /NotFound/);

      const made = await doDeploy(t, folder, ns, first);
      t.match(made.summary, `Running ${first} on 1 Pod: deployment/web`);
      t.equal(await get(ns, 'deployment/web', '{..containers[0].image}'), `${repository}@${first}`);
      t.equal(await get(ns, 'deployment/web', '{.metadata.annotations.build-once/digest}'), first);
      t.equal(await get(ns, 'configmap/web', '{.metadata.annotations}'), '');

      const again = await doDeploy(t, folder, ns, first);
      t.match(again.summary, 'nothing was changed');
      t.match(again.out, 'deployment/web: nothing to change');

      await write(folder, {
        'k8s/config.yml': CONFIG.replace('hello', 'good evening').replace('old-secret', 'new-secret'),
        'k8s/web.yaml': WEB.replace('value: info', 'value: debug'),
      });
      const lines = [
        'configmap/web: data.GREETING: hello -> "good evening"',
        'secret/web: data.password: (changed)',
        'service/web: nothing to change',
        `deployment/web: spec.template.spec.containers[web].image: ${repository}@${first} -> ${repository}@${second}`,
        'deployment/web: spec.template.spec.containers[web].env[LOG_LEVEL].value: (changed)',
      ];
      const planned = await doDeploy(t, folder, ns, second, { dry_run: true });
      for (const line of lines) t.match(planned.out, line);
      t.notMatch(planned.out, /secret-|b2xk|bmV3/, 'no value of a Secret is told');
      t.equal(planned.summary, 'Dry run: 3 of 4 objects would change; nothing was changed.');
      t.equal(await get(ns, 'configmap/web', '{.data.GREETING}'), 'hello');

      const changed = await doDeploy(t, folder, ns, second);
      t.match(changed.summary, `Running ${second} on 1 Pod`);
      t.equal(await get(ns, 'configmap/web', '{.data.GREETING}'), 'good evening');
      t.equal(await get(ns, 'deployment/web', '{..env[0].value}'), 'debug');

      // A field that the manifest has no longer goes with it, as does a key of a Secret, which is no field of stringData.
      await write(folder, {
        'k8s/config.yml': CONFIG.replace('password', 'token'),
        'k8s/web.yaml': WEB.replace(/ {10}env:\n.*\n/, ''),
      });
      t.match((await doDeploy(t, folder, ns, second)).out, /containers\[web\]\.env(?:\[LOG_LEVEL\])?: \(removed\)/);
      t.equal(await get(ns, 'deployment/web', '{..env}'), '');
      t.equal(await get(ns, 'secret/web', '{.data}'), '{"token":"b2xkLXNlY3JldA=="}');
    },
  );

  t.test('what others have set is theirs, unless it is forced', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await start(t);
    const folder = await folderOf(t, SHOP);
    await doDeploy(t, folder, ns, first);
    await kubectl(['-n', ns, 'scale', 'deployment/web', '--replicas=2']);
    await kubectl(['-n', ns, 'set', 'env', 'deployment/web', 'LOG_LEVEL=trace', 'OTHER=1']);
    const refused = await doDeploy(t, folder, ns, second);
    t.equal(refused.code, 1);
    t.equal(refused.cause, 'deployment/web has 2 fields that others have set to other values than its manifest');
    t.match(refused.told, 'spec.replicas: owned by kubectl (scale): 2 -> 1');
    t.match(refused.told, 'spec.template.spec.containers[web].env[LOG_LEVEL].value: owned by kubectl-set: (changed)');
    t.match(refused.told, /Nothing was changed\. Take a field out of the manifest.*--force-conflicts/);
    t.equal(await get(ns, 'deployment/web', '{..containers[0].image}'), `${repository}@${first}`);

    await write(folder, { 'k8s/web.yaml': WEB.replace('  replicas: 1\n', '') });
    const forced = await doDeploy(t, folder, ns, second, { force_conflicts: true });
    t.match(forced.summary, `Running ${second} on 2 Pods`, 'the number of replicas is left to who has set it');
    t.equal(await get(ns, 'deployment/web', '{..env[*].value}'), 'info 1');
  });

  t.test(
    'from kubectl apply, image replacement and kubectl rollout undo to manifests',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const folder = await folderOf(t, SHOP);
      for (const text of [CONFIG, SERVICE, WEB.replace(':latest', `@${first}`).replace('info', 'warn')])
        await kubectl(['-n', ns, 'apply', '-f', '-'], text);
      await kubectl(['-n', ns, 'set', 'image', 'deployment/web', `web=${repository}:other`]);
      const taken = await doDeploy(t, folder, ns, first);
      t.match(taken.summary, `Running ${first} on 1 Pod`);
      t.match(
        taken.out,
        'deployment/web: takes over from kubectl-client-side-apply: spec.template.spec.containers[web].env[LOG_LEVEL].value',
      );
      t.match(taken.out, 'deployment/web: takes over from kubectl-set: spec.template.spec.containers[web].image');
      t.match(taken.out, 'service/web: comes to be managed by build-once, as it is');
      const replaced = await doDeploy(t, folder, ns, second, { manifests: '' });
      t.match(replaced.summary, `Running ${second} on 1 Pod`);
      await kubectl(['-n', ns, 'annotate', 'deployment/web', 'build-once/created=2030-01-01T00:00:00Z']);
      await write(folder, { 'k8s/web.yaml': WEB.replace('info', 'debug') });
      t.match((await doDeploy(t, folder, ns, first)).summary, `Running ${first} on 1 Pod`);
      t.equal(await get(ns, 'deployment/web', '{.metadata.annotations.build-once/created}'), '', 'of another record');
      t.match((await doDeploy(t, folder, ns, first)).summary, 'nothing was changed');
      await kubectl(['-n', ns, 'rollout', 'undo', 'deployment/web']);
      t.equal(await get(ns, 'deployment/web', '{..env[0].value}'), 'info');
      const after = await doDeploy(t, folder, ns, first);
      t.match(after.summary, `Running ${first} on 1 Pod`);
      t.match(after.out, /takes over from kubectl: .*containers\[web\]\.env\[LOG_LEVEL\]\.value/);
      t.equal(await get(ns, 'deployment/web', '{..env[0].value}'), 'debug');
    },
  );

  t.test('what is left of another container, and of other Pods', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await start(t);
    const cache = WEB.replaceAll('web', 'cache').replace(/ {10}envFrom:\n.*\n/, '');
    const folder = await folderOf(t, {
      ...SHOP,
      'k8s/cache.yaml': cache.replace(`${repository}:latest`, `${other}@${cached}`),
    });
    await kubectl(['-n', ns, 'apply', '-f', '-'], WEB.replace('- name: web', '- name: old'));
    const kept = await doDeploy(t, folder, ns, first);
    t.equal(
      kept.cause,
      `deployment/web would keep its container "old" with ${repository}:latest, which is not in the manifest`,
    );
    await kubectl(['-n', ns, 'delete', 'deployment/web']);
    const done = await doDeploy(t, folder, ns, first);
    t.match(done.summary, `Running ${first} on 1 Pod: deployment/web; beside them, without it: deployment/cache`);
    await write(folder, { 'k8s/web.yaml': WEB.replace('replicas: 1', 'replicas: 0') });
    const idle = await doDeploy(t, folder, ns, first);
    t.equal(idle.cause, 'the digest is set, but it runs nowhere: deployment/web has 0 replicas');
  });

  t.test('a manifest that says no longer how many replicas', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await start(t);
    const folder = await folderOf(t, { ...SHOP, 'k8s/web.yaml': WEB.replace('replicas: 1', 'replicas: 2') });
    await doDeploy(t, folder, ns, first);
    await write(folder, { 'k8s/web.yaml': WEB.replace('  replicas: 1\n', '') });
    for (const digest of [second, second])
      t.match((await doDeploy(t, folder, ns, digest)).summary, `Running ${digest} on 2 Pods`);
    await kubectl(['-n', ns, 'scale', 'deployment/web', '--replicas=1']);
    t.match(
      (await doDeploy(t, folder, ns, first)).summary,
      `Running ${first} on 1 Pod:`,
      'who scales it owns the number',
    );
  });

  t.test('a Rollout, whose controller writes it anew', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await makeNamespace(t, undefined, 'rollout', RULES);
    const rollout = WEB.replace('apps/v1', 'argoproj.io/v1alpha1')
      .replace('Deployment', 'Rollout')
      .replace('  replicas: 1', '  strategy: {canary: {}}');
    const folder = await folderOf(t, { 'k8s/config.yml': CONFIG, 'k8s/web.yaml': rollout });
    const given = { workloads: 'rollout/web' };
    for (const digest of [first, first, second, second]) {
      t.match((await doDeploy(t, folder, ns, digest, given)).summary, `Running ${digest} on 1 Pod: rollout/web`);
      t.equal(await get(ns, 'rollout/web', '{..containers[0].image}'), `${repository}@${digest}`);
    }
    const revisions = await get(ns, 'rollout/web', '{.metadata.annotations.rollout\\.argoproj\\.io/revision}');
    t.equal(revisions, '2', 'the same again makes no Pods');
  });

  t.test('a kustomize overlay', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await start(t);
    const folder = await folderOf(t, {
      'base/web.yaml': WEB,
      'base/config.yml': CONFIG,
      'base/kustomization.yaml': 'resources: [web.yaml, config.yml]\n',
      'k8s/kustomization.yaml': `resources: [../base]\nnamespace: ${ns}\nlabels: [{pairs: {env: staging}}]\n`,
    });
    const done = await doDeploy(t, folder, ns, first);
    t.match(done.summary, `Running ${first} on 1 Pod`);
    t.equal(await get(ns, 'configmap/web', '{.metadata.labels.env}'), 'staging');
    await write(folder, { 'k8s/kustomization.yaml': 'resources: [../nowhere]\n' });
    const broken = await doDeploy(t, folder, ns, first);
    t.match(broken.cause, /^(kustomize|kubectl) cannot build k8s: it ended with code 1$/);
    t.match(broken.told, 'nowhere');
  });

  t.test('what is wrong is told before anything is changed', { buffered: true, timeout: 900_000 }, async (t) => {
    const ns = await start(t);
    // A controller makes a ConfigMap in every namespace, sooner or later.
    const ours = '--field-selector=metadata.name!=kube-root-ca.crt';
    const configured = () => kubectl(['-n', ns, 'get', 'configmap,secret,service,deployment', ours, '-o', 'name']);
    const before = await configured();
    const cases: readonly (readonly [string, Readonly<Record<string, string>>, object, string | RegExp])[] = [
      [
        'a refused object',
        { 'web.yaml': WEB.replace('app: web}}\n  temp', 'app: other}}\n  temp') },
        {},
        /^k8s\/web\.yaml:1: the cluster would not patch Deployment "web".*selector/,
      ],
      [
        'a misspelt field',
        { 'service.yaml': SERVICE.replace('selector', 'selektor') },
        {},
        /Service "web".*selektor: field not declared/,
      ],
      [
        'a number in a Secret',
        { 'config.yml': CONFIG.replace('old-secret', '123456789') },
        {},
        /Secret "web".*\.stringData\.password: expected string, got \(not shown\)$/m,
      ],
      [
        'a typo in YAML',
        { 'config.yml': `${CONFIG}\n  - x: [\n` },
        {},
        /a manifest cannot be read: k8s\/config\.yml:\d+:\d+: not valid YAML/,
      ],
      [
        'another namespace',
        { 'service.yaml': SERVICE.replace('{name: web}', '{name: web, namespace: other}') },
        {},
        `k8s/service.yaml:1: the Service web is of namespace "other", and this deploys to "${ns}"`,
      ],
      [
        'of the whole cluster',
        { 'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n' },
        {},
        'k8s/ns.yaml:1: the Namespace x is of the whole cluster',
      ],
      [
        'no such API',
        { 'crd.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\n' },
        {},
        'k8s/crd.yaml:1: the cluster has no API example.com/v1, which the Thing x is of',
      ],
      [
        'no such kind',
        { 'svc.yaml': SERVICE.replace('Service', 'Servise').replace('{name: web}', '{name: x}') },
        {},
        'k8s/svc.yaml:1: the API v1 of the cluster has no kind Servise',
      ],
      [
        'a right that is missing',
        { 'q.yaml': 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: q}\n' },
        {},
        'user "deployer" may not get cronjobs.batch',
      ],
      [
        'nothing matched',
        { 'web.yaml': WEB.replaceAll(repository, 'example.com/other') },
        {},
        `no workload in the manifests has a container with an image of ${repository}`,
      ],
      ['a container that is not there', {}, { containers: 'wep' }, 'no container in the manifests is called "wep"'],
      ['a workload that is not there', {}, { workloads: 'deployment/wep' }, 'deployment/wep is not in the manifests'],
      [
        'twice the same',
        { 'more.yaml': SERVICE },
        {},
        'k8s/service.yaml:1: the Service web is at k8s/more.yaml:1 already',
      ],
      ['no folder', {}, { manifests: 'k9s' }, 'there is no file or folder k9s with manifests'],
    ];
    for (const [name, files, more, cause] of cases) {
      const own = await folderOf(t, {
        ...SHOP,
        ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`k8s/${path}`, text])),
      });
      const end = await doDeploy(t, own, ns, first, more);
      t.equal(end.code, 1, name);
      t.match(end.told, cause, name);
      t.equal(await configured(), before, `${name}: nothing was changed`);
    }
  });

  t.test(
    'a container by its name, a List in JSON, and a kind that is not a workload',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const budget =
        'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}\n';
      const items = [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { A: 'b' } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more', namespace: ns } },
      ];
      const folder = await folderOf(t, {
        'k8s/all.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, '\t'),
        'k8s/web.yml': `# the web\n---\n${WEB.replace(/image: .*/, 'image: IMAGE')}---\n${budget}`,
      });
      const done = await doDeploy(t, folder, ns, first, { containers: 'web', workloads: '' });
      t.match(done.summary, `Running ${first} on 1 Pod: deployment/web`);
      t.equal(await get(ns, 'pdb/web', '{.spec.maxUnavailable}'), '1');
      t.equal(await get(ns, 'configmap/more', '{.metadata.name}'), 'more');
    },
  );

  t.test(
    'an image is replaced by container name too, and the fields are told',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: ns } });
      await kubectl(['-n', ns, 'apply', '-f', '-'], WEB.replace(/image: .*/, 'image: example.com/other:1'));
      const none = await doDeploy(t, '.', ns, first, { manifests: '' });
      t.match(none.cause, 'deployment/web has no container with an image of');
      const wrong = await doDeploy(t, '.', ns, first, { manifests: '', containers: 'web,wep' });
      t.match(wrong.cause, 'no container of the workloads is called "wep"');
      const plan = await doDeploy(t, '.', ns, first, { manifests: '', containers: 'web', dry_run: true });
      t.match(
        plan.out,
        `deployment/web: spec.template.spec.containers[web].image: example.com/other:1 -> ${repository}@${first}`,
      );
      t.match(
        (await doDeploy(t, '.', ns, first, { manifests: '', containers: 'web' })).summary,
        `Running ${first} on 1 Pod`,
      );
    },
  );

  t.test(
    'an older commit does not take the place of a newer one, nor is anything else applied',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const folder = await folderOf(t, SHOP);
      await doDeploy(t, folder, ns, second);
      await write(folder, { 'k8s/config.yml': CONFIG.replace('hello', 'late') });
      const late = await doDeploy(t, folder, ns, first, { commit: 'f'.repeat(40) });
      t.equal(late.code, 1);
      t.match(late.cause, /whether commit f{40} is newer than 0123456789abcdef.* is not known/);
      t.equal(await get(ns, 'configmap/web', '{.data.GREETING}'), 'hello');
    },
  );

  t.test(
    'a field that may not change is told, without the whole of its value',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const pod = `{restartPolicy: Never, containers: [{name: once, image: "${repository}:latest", command: ["true"]}]}`;
      const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {template: {spec: ${pod}}}\n`;
      const folder = await folderOf(t, { ...SHOP, 'k8s/job.yaml': job });
      t.match((await doDeploy(t, folder, ns, first)).summary, `Running ${first} on 1 Pod`);
      const end = await doDeploy(t, folder, ns, second);
      t.match(
        end.cause,
        /^k8s\/job\.yaml:1: .* spec\.template: Invalid value: \(not shown\): field is immutable$/,
        'a Job is of one image',
      );
      t.match(end.told, 'What is to run once with each deployment is a migration of the spec.');
      const elsewhere = await doDeploy(t, folder, `${ns}-none`, first, {
        kubeconfig: process.env['KUBECONFIG'],
      });
      t.equal(elsewhere.cause, `there is no namespace "${ns}-none"`);
    },
  );

  t.test(
    'a StatefulSet that waits for a broken Pod gets the manifest that mends it, of the same image',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const set = WEB.replace('Deployment', 'StatefulSet').replace('spec:', 'spec:\n  serviceName: web');
      const folder = await folderOf(t, {
        'k8s/config.yml': CONFIG,
        'k8s/web.yaml': set.replace('sh, /run.sh', '/none'),
      });
      const given = { workloads: 'statefulset/web', grace: '30s' };
      const broken = await doDeploy(t, folder, ns, first, given);
      t.equal(broken.code, 1);
      t.match(broken.cause, /could not be started|cannot be started/);
      await write(folder, { 'k8s/web.yaml': set });
      const mended = await doDeploy(t, folder, ns, first, given);
      t.match(mended.summary, `Running ${first} on 1 Pod: statefulset/web`);
      t.match(mended.out, 'statefulset/web: deleted Pod web-0, which is not ready and would hold the rollout up');
    },
  );

  t.test(
    'rollback: the image and the record go back, what else was applied stays, and the next one is applied as ever',
    { buffered: true, timeout: 900_000 },
    async (t) => {
      const ns = await start(t);
      const folder = await folderOf(t, SHOP);
      await doDeploy(t, folder, ns, first);
      const before = await get(ns, 'deployment/web', '{.metadata.annotations.kubernetes\\.io/change-cause}');
      await write(folder, { 'k8s/web.yaml': WEB.replace('value: info', 'value: debug') });
      const next = { commit: 'f'.repeat(40), rollback_to: 'f'.repeat(40) };
      const failed = await doDeploy(t, folder, ns, broken, { ...next, rollback: 'automatic', grace: '30s' });
      t.equal(failed.code, 75);
      t.match(failed.told, 'deployment/web: what else its manifest has changed stays');
      t.equal(await get(ns, 'deployment/web', '{..containers[0].image}'), `${repository}@${first}`);
      t.equal(await get(ns, 'deployment/web', '{..env[0].value}'), 'debug');
      t.equal(await get(ns, 'deployment/web', '{.metadata.annotations.kubernetes\\.io/change-cause}'), before);

      const mended = await doDeploy(t, folder, ns, second, next);
      t.match(mended.summary, `Running ${second} on 1 Pod`);
      const previous = await get(ns, 'deployment/web', '{.metadata.annotations.build-once/previous}');
      t.match(JSON.parse(previous), { by: 'deploy', images: { web: `${repository}@${first}` } });
      t.match((await doDeploy(t, folder, ns, second, next)).summary, 'nothing was changed');
    },
  );
});
