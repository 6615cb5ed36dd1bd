import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Failure } from '../../src/commands/command.js';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { run as runMigration } from '../../src/commands/run-migration/run.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import {
  deployRules,
  migrationRules,
  referenceRules,
  templateRules,
  tryPodRule,
} from '../../src/kubernetes/permissions.js';
import type { Rule } from '../../src/kubernetes/rule.js';
import type { Result } from '../../src/result.js';
import { testIo } from '../support/test-io.js';
import { apply, kubectl, makeDeployment, makeNamespace, makeQuota, untilRefused } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';
import { TO_STAGING } from './to-staging.js';

/** What is found on a real cluster before anything is changed, and that nothing is changed then. */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/verify-e2e-${randomBytes(4).toString('hex')}`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const DEPLOY = deployRules([{ kind: 'deployment' }]);
const WEB = ['get', 'deployment', 'web', '-o', 'jsonpath={..containers[0].image}'];
/** A Pod of this strategy is made before an old one ends. */
const SURGE = { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } };
if (skip === false) t.setTimeout(1_800_000);

const shared = {
  ...TO_STAGING,
  timeout: '300s',
};

async function doDeploy(t: Test, namespace: string, digest: string, more: object = {}, http?: Http) {
  const io = testIo(http === undefined ? {} : { http });
  const given = { ...shared, workloads: 'deployment/web', namespace, image: `${repository}@${digest}` };
  return finish(t, io.out, await deploy({ ...given, ...more }, io));
}

async function doMigrate(t: Test, namespace: string, digest: string) {
  const io = testIo();
  const given = {
    ...shared,
    workload: 'deployment/web',
    container: '',
    manifest: '',
    grace: '5m',
    failed_before: 'rerun',
    on_cancel: 'leave',
    namespace,
    command: '["true"]',
  };
  return finish(t, io.out, await runMigration({ ...given, image: `${repository}@${digest}` }, io));
}

function finish(t: Test, out: () => string, result: Result<{ readonly summary: string }, Failure>) {
  t.comment(`${out()}${JSON.stringify(result, null, 2)}`);
  const { code, cause, details, next } = result.ok ? { code: 0, cause: '', details: [], next: '' } : result.error;
  return { out: out(), code, cause, details: details?.join('\n') ?? '', next: next ?? '' };
}

t.test('on a cluster', { skip, jobs: 3, timeout: 1_800_000 }, async (t) => {
  const [first, good] = await Promise.all([
    makeImage(repository, 'echo first; exec sleep 3600'),
    makeImage(repository, 'echo serving; exec sleep 3600'),
  ]);
  const old = { image: `${repository}@${first}` };
  const unchanged = async (t: Test, ns: string) =>
    t.equal(await kubectl(['-n', ns, ...WEB]), old.image, 'nothing was changed');
  /** A namespace with the workload in it. */
  const make = async (t: Test, rules: readonly Rule[] | undefined, shape: object = {}) => {
    const ns = await makeNamespace(t, rules);
    await makeDeployment(ns, { ...old, ...shape });
    return ns;
  };

  t.test('rights: all that are missing are told at once', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await make(t, [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]);
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 1);
    t.equal(
      end.cause,
      `user "deployer" may not patch deployments.apps, list replicasets.apps, list pods in namespace "${ns}": no Role bound to it has all of the rules below`,
    );
    t.match(end.details, `metadata: {name: circleci-deploy, namespace: ${ns}}\nrules:\n  - {apiGroups: ["apps"]`);
    t.match(end.details, 'resources: ["pods/log"], verbs: ["get"]}');
    t.match(end.next, 'Nothing was changed.');
    await unchanged(t, ns);
    // What was printed is a Role that can be applied as it is.
    const role = end.details.split('\n').slice(1).join('\n');
    await kubectl(['-n', ns, 'apply', '--dry-run=server', '-f', '-'], role);
    const none = await doMigrate(t, ns, good);
    t.match(none.cause, 'user "deployer" may not get jobs.batch, create jobs.batch, delete jobs.batch');
  });

  t.test(
    'rights: a deployment goes on without those that only help',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await make(
        t,
        DEPLOY.filter((rule) => !['events', 'pods/log'].includes(rule.resources[0] ?? '')).map(noCreate),
      );
      const end = await doDeploy(t, ns, good);
      t.equal(end.code, 0, end.cause);
      t.match(
        end.out,
        'user "deployer" may not create pods, get pods/log, list events, watch events; this goes on without',
      );
      t.match(end.out, 'Not verified, for want of rights: quotas and policies.');
    },
  );

  t.test('references: what is not there, as far as it may be read', { buffered: true, timeout: 600_000 }, async (t) => {
    const env = [
      { name: 'URL', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
      { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
      { name: 'MORE', valueFrom: { configMapKeyRef: { name: 'absent', key: 'more', optional: true } } },
    ];
    const secret = { apiGroups: [''], resources: ['secrets'], resourceNames: ['database'], verbs: ['get'] };
    const ns = await make(t, [...DEPLOY, ...referenceRules, secret], { replicas: 0, container: { env } });
    await kubectl(['-n', ns, 'create', 'configmap', 'settings', '--from-literal=mode=x']);
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 1);
    t.equal(
      end.cause,
      `deployment/web: there is no Secret "database" in namespace "${ns}", which its container "web" needs`,
    );
    t.match(
      end.details,
      'deployment/web: the ConfigMap "settings" has no key "level", which its container "web" needs',
    );
    t.notMatch(end.details, 'absent');
    await unchanged(t, ns);
    await kubectl(['-n', ns, 'create', 'secret', 'generic', 'database', '--from-literal=url=postgres://hidden']);
    await kubectl(['-n', ns, 'create', 'configmap', 'other', '--from-literal=x=y']);
    await kubectl(['-n', ns, 'patch', 'configmap', 'settings', '-p', '{"data":{"level":"1"}}']);
    const { http, calls } = counting();
    const found = await doDeploy(t, ns, good, { dry_run: true }, http);
    t.equal(found.code, 0);
    t.match(found.out, 'Verified: rights, quotas and policies, Secret database, ConfigMap settings.');
    const read = calls.find((call) => call.url.includes('/secrets/'));
    t.match(read?.headers?.['accept'], 'PartialObjectMetadata', 'what is in a Secret is not asked for');
    t.comment(
      `${calls.length} requests: ${calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`).join('\n')}`,
    );
  });

  t.test('quota: no room for a new Pod beside the old ones', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await make(t, undefined, { spec: SURGE });
    await kubectl(['-n', ns, 'rollout', 'status', 'deployment/web', '--timeout=300s']);
    await makeQuota(ns, 1);
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 1);
    t.match(end.cause, /^deployment\/web: no Pod can be made: exceeded quota: small, requested: pods=1, used: pods=1/);
    t.match(end.next, 'Nothing was changed.');
    await unchanged(t, ns);
    const other = await make(t, MIGRATION, { replicas: 0 });
    await makeQuota(other, 0);
    const migration = await doMigrate(t, other, good);
    t.match(migration.cause, /^Job migrate-\S+: no Pod can be made: exceeded quota: small/);
  });

  t.test('quota: the old Pod ends first and makes room', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await make(t, undefined, { spec: { strategy: { type: 'Recreate' } } });
    await kubectl(['-n', ns, 'rollout', 'status', 'deployment/web', '--timeout=300s']);
    await makeQuota(ns, 1);
    const end = await doDeploy(t, ns, good);
    t.equal(end.code, 0, end.cause);
    t.match(end.out, 'deployment/web: exceeded quota: small, requested: pods=1');
    t.match(end.out, 'there may be room when another Pod has ended');
  });

  t.test(
    'rules of the namespace: Pod Security, limits, the service account',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await make(t, undefined, { replicas: 0 });
      await kubectl(['label', 'namespace', ns, 'pod-security.kubernetes.io/enforce=restricted']);
      await untilRefused(ns, 'violates PodSecurity');
      const end = await doDeploy(t, ns, good);
      t.equal(end.code, 1);
      t.match(end.cause, /^deployment\/web: no Pod can be made: violates PodSecurity "restricted:latest": /);
      await unchanged(t, ns);
      await kubectl(['label', 'namespace', ns, 'pod-security.kubernetes.io/enforce-']);
      const patch = { spec: { template: { spec: { serviceAccountName: 'absent' } } } };
      await kubectl(['-n', ns, 'patch', 'deployment', 'web', '-p', JSON.stringify(patch)]);
      t.match((await doDeploy(t, ns, good)).cause, 'no Pod can be made: error looking up service account');
      await kubectl(['-n', ns, 'delete', 'deployment', 'web']);
      const resources = { limits: { memory: '64Mi' } };
      await makeDeployment(ns, { ...old, replicas: 0, container: { resources } });
      const limits = [{ type: 'Container', max: { memory: '32Mi' } }];
      await apply({
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small', namespace: ns },
        spec: { limits },
      });
      await untilRefused(ns, 'maximum memory usage', { resources });
      t.match((await doDeploy(t, ns, good)).cause, 'no Pod can be made: maximum memory usage per Container is 32Mi');
      await unchanged(t, ns);
    },
  );

  t.test(
    'a policy that refuses the new image alone, or our Pods alone',
    { buffered: true, timeout: 600_000 },
    async (t) => {
      const ns = await make(t, undefined, { replicas: 0 });
      await policy(
        t,
        ns,
        `${repository}@${good}`,
        `!object.spec.containers.exists(c, c.image.endsWith('${good}'))`,
        'this image is not signed',
      );
      const end = await doDeploy(t, ns, good);
      t.equal(end.code, 1);
      t.match(
        end.cause,
        /^deployment\/web: no Pod can be made: ValidatingAdmissionPolicy .* denied request: this image is not signed/,
      );
      await unchanged(t, ns);
      const other = await make(t, undefined);
      await policy(t, other, `${repository}@${good}`, "request.userInfo.username != 'deployer'", 'people make no Pods');
      const let_ = await doDeploy(t, other, good);
      t.equal(let_.code, 0, let_.cause);
      t.match(let_.out, "deployment/web: a Pod in a dry run was refused, perhaps because it is this user's: ");
    },
  );

  t.test('a StatefulSet, whose controller adds volumes', { buffered: true, timeout: 600_000 }, async (t) => {
    const ns = await makeNamespace(t, undefined, 'statefulset');
    const labels = { app: 'web' };
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const resources = { requests: { storage: '1Mi' } };
    await apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web', namespace: ns },
      spec: {
        replicas: 0,
        serviceName: 'web',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', ...old, volumeMounts }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources } }],
      },
    });
    const end = await doDeploy(t, ns, good, { workloads: 'statefulset/web', dry_run: true });
    t.match(end.out, 'Verified: rights, quotas and policies.');
  });

  t.test('the image is for no node that the workload may run on', { buffered: true, timeout: 600_000 }, async (t) => {
    const spec = { nodeSelector: { 'kubernetes.io/arch': 'arm64' } };
    const ns = await make(t, undefined, { replicas: 0 });
    await kubectl(['-n', ns, 'patch', 'deployment', 'web', '-p', JSON.stringify({ spec: { template: { spec } } })]);
    const images = [{ repository, digest: good, platforms: ['linux/amd64'] }];
    const directory = t.testdir({ 'release.json': JSON.stringify({ version: 1, commit: COMMIT, images }) });
    const end = await doDeploy(t, ns, good, { image: '', directory });
    t.equal(end.code, 1);
    t.equal(
      end.cause,
      "deployment/web may run on no node of the image's platforms, linux/amd64, by its node selector or affinity",
    );
    await unchanged(t, ns);
  });
});

const MIGRATION = [...templateRules({ kind: 'deployment' }), ...migrationRules];

function noCreate(rule: Rule): Rule {
  return rule.resources[0] === 'pods'
    ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== tryPodRule.verbs[0]) }
    : rule;
}

function counting() {
  const real = nodeHttp();
  const calls: Parameters<Http>[0][] = [];
  const http: Http = (request) => {
    calls.push(request);
    return real(request);
  };
  return { http, calls };
}

/** A policy of the cluster for Pods that are made in a namespace; it refuses this image when the deployer makes it. */
async function policy(t: Test, namespace: string, image: string, expression: string, message: string): Promise<void> {
  const metadata = { name: `verify-e2e-${randomBytes(4).toString('hex')}` };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  t.teardown(() => kubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', metadata.name]));
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const matchConstraints = { resourceRules: [rule] };
  await apply({
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: { failurePolicy: 'Fail', matchConstraints, validations: [{ expression, message }] },
  });
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  await apply({
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: metadata.name, validationActions: ['Deny'], matchResources: { namespaceSelector } },
  });
  await untilRefused(namespace, message, { image }, ['--as=deployer', '--as-group=deployers']);
}
