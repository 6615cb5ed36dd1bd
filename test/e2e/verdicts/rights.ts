import { deployRules } from '../../../src/kubernetes/permissions.js';
import type { Scene } from './scene.js';

const without = (verb: string, resource: string) =>
  deployRules([{ kind: 'deployment' }]).flatMap((rule) => {
    if (!rule.resources.includes(resource)) return [rule];
    const verbs = rule.verbs.filter((one) => one !== verb);
    return verbs.length === 0 ? [] : [{ ...rule, verbs }];
  });
const UNTOUCHED = 'Nothing was changed.';

/** What the user may not do, and what is not there. */
export const rights: readonly Scene[] = [
  {
    name: 'rights: no patch',
    rules: without('patch', 'deployments'),
    code: 1,
    says: 'user "deployer" may not patch deployments.apps in namespace "{ns}": no Role bound to it has the rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]}',
    tells: [UNTOUCHED],
  },
  {
    name: 'rights: no get',
    rules: without('get', 'deployments'),
    code: 1,
    says: 'user "deployer" may not get deployments.apps in namespace "{ns}": no Role bound to it has the rule …',
  },
  {
    name: 'rights: no list of Pods',
    rules: without('list', 'pods'),
    code: 1,
    says: 'user "deployer" may not list pods in namespace "{ns}": no Role bound to it has the rule …',
    tells: [UNTOUCHED],
  },
  {
    name: 'rights: no events and no logs: the verdict stands without them',
    rules: without('list', 'events').filter((rule) => !rule.resources.includes('pods/log')),
    workload: { script: 'exit 3' },
    code: 1,
    says: 'deployment/web failed: container "web" of Pod {pod} exited with code 3, {count} times in a row',
    tells: ['its events cannot be read: user "deployer" may not list events', 'may not get pods/log'],
  },
  {
    name: 'absent: the workload',
    workload: null,
    code: 1,
    says: 'there is no Deployment "web" in namespace "{ns}"',
  },
  {
    name: 'absent: the namespace',
    flags: { namespace: 'verdicts-absent' },
    code: 1,
    says: 'user "deployer" may not get deployments.apps, patch deployments.apps, list replicasets.apps, list pods in namespace "verdicts-absent": …',
  },
  {
    name: 'absent: a container with the image',
    image: ({ new: image }) => image,
    before: ({ kubectl }) => kubectl('set', 'image', 'deployment/web', 'web=127.0.0.1:5000/other:1'),
    code: 1,
    says: 'deployment/web has no container with an image of …',
    tells: [UNTOUCHED, 'web (127.0.0.1:5000/other:1)'],
  },
  {
    name: 'paused before',
    before: ({ kubectl }) => kubectl('rollout', 'pause', 'deployment/web'),
    code: 1,
    says: 'deployment/web is paused, so it would not roll out',
    tells: ['rollout resume deployment/web'],
  },
  {
    name: 'zero replicas before',
    workload: { replicas: 0 },
    code: 1,
    says: 'the digest is set, but it runs nowhere: deployment/web has 0 replicas',
  },
];
