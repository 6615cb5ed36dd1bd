import type { Scene } from './scene.js';

const FAILED = 'deployment/web failed: container "web" of Pod {pod}: its image cannot be pulled';

/** Images that do not come. */
export const pulling: readonly Scene[] = [
  {
    name: 'pull: a digest that the registry does not have',
    image: (images) => images.absent,
    code: 1,
    says: `${FAILED}: {image}: not found`,
    tells: ['image {image}', 'container web: waiting', 'Warning Failed', 'build-once rollback --environment staging'],
  },
  {
    name: 'pull: a repository that the registry does not have',
    image: (images) => images.absent.replace('@', '-other@'),
    code: 1,
    says: `${FAILED}: {image}: not found`,
  },
  {
    name: 'pull: a registry that wants a login',
    image: (images) => images.behind('unauthorized'),
    code: 1,
    says: `${FAILED}: …`,
    tells: ['image {image}'],
  },
  {
    name: 'pull: a registry that forbids it',
    image: (images) => images.behind('forbidden'),
    code: 1,
    says: `${FAILED}: …403 Forbidden`,
  },
  {
    name: 'pull: a registry that is broken for longer than the grace',
    image: (images) => images.behind('broken'),
    flags: { grace: '20s' },
    code: 1,
    says: `${FAILED}: …500 Internal Server Error…`,
  },
  {
    name: 'pull: nobody listens at the registry',
    image: (images) => `127.0.0.1:1/${images.new.split('/').at(-1)}`,
    flags: { grace: '20s' },
    code: 1,
    says: `${FAILED}: …connection refused…`,
  },
  {
    name: 'pull: a registry whose name nobody knows',
    image: (images) => `registry.invalid/${images.new.split('/').at(-1)}`,
    flags: { grace: '20s' },
    code: 1,
    says: `${FAILED}: …registry.invalid…`,
  },
  {
    name: 'pull: an image for other platforms only',
    image: (images) => images.foreign,
    code: 1,
    says: `${FAILED}: no match for platform in manifest: not found`,
  },
  {
    name: 'pull: a name that is none, beside our container',
    workload: { pod: { initContainers: [{ name: 'prepare', image: 'Not A Name' }] } },
    code: 1,
    says: 'deployment/web failed: init container "prepare" of Pod {pod}: its image cannot be pulled (InvalidImageName): …',
  },
  {
    name: 'pull: never to be pulled, and not on the node',
    image: (images) => images.absent,
    workload: { container: { imagePullPolicy: 'Never' } },
    code: 1,
    says: 'deployment/web failed: container "web" of Pod {pod}: its image cannot be pulled (ErrImageNeverPull): …',
  },
  {
    name: 'pull: a sidecar whose image is gone',
    workload: { pod: { initContainers: [{ name: 'proxy', image: '127.0.0.1:5000/none:1', restartPolicy: 'Always' }] } },
    code: 1,
    says: 'deployment/web failed: sidecar "proxy" of Pod {pod}: its image cannot be pulled: 127.0.0.1:5000/none:1: not found',
  },
];
