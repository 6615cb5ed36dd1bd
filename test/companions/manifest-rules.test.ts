import { load } from 'js-yaml';
import t from 'tap';
import { guessResource } from '../../src/kubernetes/resources.js';
import { companionsWorld } from '../support/companions.js';

const SPEC = `version: 1
image: { repository: ghcr.io/acme/shop }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: K, namespace: shop, workloads: [deployment/web], manifests: k8s }
`;

t.test('the Role of an environment has rules for the kinds in its manifests', async (t) => {
  const world = companionsWorld(t, SPEC);
  const object = (apiVersion: string, kind: string) =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
  world.write('k8s/a.yml', object('apps/v1', 'Deployment') + object('v1', 'ConfigMap'));
  world.write(
    'k8s/b.yaml',
    object('networking.k8s.io/v1', 'Ingress') + object('networking.k8s.io/v1', 'NetworkPolicy'),
  );
  t.match(await world.run(), { code: 0 });
  const [, role] = (world.files()['kubernetes/deploy-staging.yaml'] ?? '').split('---\n');
  const { rules } = load(role ?? '') as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] };
  const given = rules.map(({ apiGroups, resources, verbs }) => `${resources[0]}.${apiGroups[0]} ${verbs.join()}`);
  const applied = given.filter((rule) => rule.endsWith('patch,create'));
  t.same(applied, [
    'deployments.apps get,watch,patch,create',
    'configmaps. get,patch,create',
    'ingresses.networking.k8s.io get,patch,create',
    'networkpolicies.networking.k8s.io get,patch,create',
  ]);
});

t.test('a workload that only the manifests have is waited for, too', async (t) => {
  const world = companionsWorld(t, SPEC);
  world.write('k8s/a.yml', 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\n');
  t.match(await world.run(), { code: 0 });
  const [, role] = (world.files()['kubernetes/deploy-staging.yaml'] ?? '').split('---\n');
  const { rules } = load(role ?? '') as { rules: { resources: string[]; verbs: string[] }[] };
  const verbsOf = (plural: string) => rules.find(({ resources }) => resources[0] === plural)?.verbs;
  t.same(verbsOf('daemonsets'), ['get', 'watch', 'patch', 'create']);
  t.same(verbsOf('controllerrevisions'), ['list', 'watch']);
});

t.test('manifests that cannot be read are told, and the Role is written without them', async (t) => {
  const world = companionsWorld(t, SPEC);
  world.write('k8s/a.yml', 'a: [');
  const { code, err } = await world.run();
  t.equal(code, 0);
  t.match(
    err,
    /note: the Role for staging has no rules for k8s: a manifest cannot be read: k8s\/a\.yml:1:\d+: .*; it needs get, patch and create of each kind in it/,
  );
  t.match(world.files()['kubernetes/deploy-staging.yaml'], 'kind: Role\n');
});

t.test('the resource of a kind', async (t) => {
  // As "kubectl api-resources" has them.
  const kinds = {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    EndpointSlice: 'endpointslices',
    Gateway: 'gateways',
    Ingress: 'ingresses',
    IngressClass: 'ingressclasses',
    NetworkPolicy: 'networkpolicies',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    ServiceAccount: 'serviceaccounts',
  };
  for (const [kind, plural] of Object.entries(kinds)) t.same(guessResource('x.io/v1', kind), { group: 'x.io', plural });
  t.same(guessResource('v1', 'Service'), { group: '', plural: 'services' });
});
