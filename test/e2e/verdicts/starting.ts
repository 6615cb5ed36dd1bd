import type { Scene } from './scene.js';

const CONTAINER = 'deployment/web failed: container "web" of Pod {pod}';
const from = (key: object) => ({ container: { env: [{ name: 'URL', valueFrom: key }] } });
const volume = (source: object) => ({
  container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  pod: { volumes: [{ name: 'data', ...source }] },
});
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'there' }, stringData: { a: 'b' } } as const;

/** Containers that do not come to run. */
export const starting: readonly Scene[] = [
  {
    name: 'start: no such secret',
    workload: from({ secretKeyRef: { name: 'absent', key: 'url' } }),
    code: 1,
    says: `${CONTAINER}: it cannot be configured: secret "absent" not found`,
    tells: ['container web: waiting (CreateContainerConfigError)', 'on node '],
  },
  {
    name: 'start: no such key in a secret',
    objects: () => [secret],
    workload: from({ secretKeyRef: { name: 'there', key: 'url' } }),
    code: 1,
    says: `${CONTAINER}: it cannot be configured: couldn't find key url in Secret {ns}/there`,
  },
  {
    name: 'start: no such config map',
    workload: from({ configMapKeyRef: { name: 'absent', key: 'url' } }),
    code: 1,
    says: `${CONTAINER}: it cannot be configured: configmap "absent" not found`,
  },
  {
    name: 'start: root is not to run it, and the image runs as root',
    workload: { container: { securityContext: { runAsNonRoot: true } } },
    code: 1,
    says: `${CONTAINER}: it cannot be configured: container has runAsNonRoot and image will run as root`,
  },
  {
    name: 'start: no such secret for a volume',
    workload: volume({ secret: { secretName: 'absent' } }),
    flags: { grace: '15s' },
    code: 1,
    says: 'deployment/web failed: Pod {pod} (FailedMount): MountVolume.SetUp failed for volume "data" : secret "absent" not found…',
    tells: ['events:', 'Warning FailedMount'],
  },
  {
    name: 'start: no such key for a volume',
    objects: () => [secret],
    workload: volume({ secret: { secretName: 'there', items: [{ key: 'tls.crt', path: 'tls.crt' }] } }),
    flags: { grace: '15s' },
    code: 1,
    says: 'deployment/web failed: Pod {pod} (FailedMount): MountVolume.SetUp failed for volume "data" : references non-existent secret key: tls.crt…',
  },
  {
    name: 'start: no such config map for a volume',
    workload: volume({ configMap: { name: 'absent' } }),
    flags: { grace: '15s' },
    code: 1,
    says: 'deployment/web failed: Pod {pod} (FailedMount): MountVolume.SetUp failed for volume "data" : configmap "absent" not found…',
  },
  {
    name: 'start: a volume whose server is not there',
    workload: volume({ nfs: { server: '127.0.0.1', path: '/none' } }),
    flags: { grace: '20s' },
    code: 1,
    says: 'deployment/web failed: Pod {pod} (FailedMount): MountVolume.SetUp failed for volume "data" …',
  },
  {
    name: 'start: a command that is not there',
    workload: { container: { command: ['/app/server'] } },
    code: 1,
    says: `${CONTAINER} could not be started: exec: "/app/server": stat /app/server: no such file or directory`,
    tells: ['image {image}'],
  },
  {
    name: 'start: a command that may not be executed',
    workload: { container: { command: ['/run.sh'] } },
    code: 1,
    says: `${CONTAINER} could not be started: exec: "/run.sh": permission denied`,
  },
  {
    name: 'start: a working directory that is a file',
    workload: { container: { workingDir: '/run.sh' } },
    code: 1,
    says: `${CONTAINER} could not be started: error during container init: mkdir /run.sh: not a directory`,
  },
];
