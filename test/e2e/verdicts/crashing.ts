import type { Scene } from './scene.js';

const CONTAINER = 'deployment/web failed: container "web" of Pod {pod}';
const init =
  (name: string, script: string, more: object = {}) =>
  (image: string) => ({
    initContainers: [{ name, image, command: ['sh', '-c', script], ...more }],
  });
const BUSYBOX = `${process.env['LAB_REGISTRY'] ?? ''}/library/busybox:stable`;

/** Containers that end. */
export const crashing: readonly Scene[] = [
  {
    name: 'crash: at once, with exit code 3 and words',
    workload: { script: 'echo reading the settings; echo no DATABASE_URL >&2; exit 3' },
    settled: true,
    code: 1,
    says: `${CONTAINER} exited with code 3, {count} times in a row`,
    tells: ['container web: …exited with code 3, 2 restarts', 'reading the settings', 'no DATABASE_URL', 'on node '],
  },
  {
    name: 'crash: ends well, again and again',
    workload: { script: 'echo all done; exit 0' },
    code: 1,
    says: `${CONTAINER} exited with code 0, {count} times in a row, where it is to run for ever`,
    tells: ['all done'],
  },
  {
    name: 'crash: some seconds after it was called available',
    workload: { script: 'echo serving; sleep 5; echo lost the database; exit 1' },
    settled: true,
    code: 1,
    says: `${CONTAINER} exited with code 1, {count} times in a row`,
    tells: ['lost the database'],
  },
  {
    name: 'crash: after 15 s, within minReadySeconds',
    workload: { script: 'sleep 15; exit 1', spec: { minReadySeconds: 30 } },
    code: 1,
    says: `${CONTAINER} exited with code 1, {count} times in a row`,
  },
  {
    name: 'crash: by a signal',
    workload: { script: `sh -c 'kill -SEGV $$$$'; exit $?` },
    code: 1,
    says: `${CONTAINER} exited with code 139 (SIGSEGV), {count} times in a row`,
  },
  {
    name: 'crash: out of memory',
    workload: { script: 'echo loading; exec tail /dev/zero', container: { resources: { limits: { memory: '20Mi' } } } },
    code: 1,
    says: `${CONTAINER} was killed: out of memory (OOMKilled, exit code 137); its memory limit is too low for it, {count} times in a row`,
  },
  {
    name: 'crash: an init container',
    workload: { pod: init('prepare', 'echo no route to the cache; exit 4')(BUSYBOX) },
    code: 1,
    says: 'deployment/web failed: init container "prepare" of Pod {pod} exited with code 4, {count} times in a row',
    tells: ['no route to the cache'],
  },
  {
    name: 'crash: an init container that never ends',
    workload: { pod: init('prepare', 'echo waiting for the cache; sleep 3600')(BUSYBOX) },
    flags: { timeout: '20s' },
    code: 70,
    says: 'deployment/web timed out after 20s: 1 of 1 replicas updated, 0 available…; init container "prepare" of Pod {pod} has not ended yet',
    tells: ['waiting for the cache'],
  },
  {
    name: 'crash: a sidecar',
    workload: { pod: init('proxy', 'echo no certificate; exit 5', { restartPolicy: 'Always' })(BUSYBOX) },
    code: 1,
    says: 'deployment/web failed: sidecar "proxy" of Pod {pod} exited with code 5, {count} times in a row',
    tells: ['no certificate'],
  },
  {
    name: 'crash: another container of the Pod',
    workload: { pod: {} },
    before: async ({ kubectl }) => {
      const containers = [{ name: 'agent', image: BUSYBOX, command: ['sh', '-c', 'echo agent is lost; exit 6'] }];
      await kubectl('patch', 'deployment/web', '-p', JSON.stringify({ spec: { template: { spec: { containers } } } }));
    },
    code: 1,
    says: 'deployment/web failed: container "agent" of Pod {pod} exited with code 6, {count} times in a row',
    tells: ['agent is lost'],
  },
  {
    name: 'crash: one of two replicas',
    workload: {
      replicas: 2,
      script:
        'case $HOSTNAME in *[0-9]) ;; *) ;; esac; [ -e /shared/first ] || { mkdir /shared/first && exec sleep 3600; }; echo second; exit 1',
      container: { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] },
      pod: {
        volumes: [{ name: 'shared', hostPath: { path: `/tmp/verdicts-${process.pid}`, type: 'DirectoryOrCreate' } }],
      },
    },
    code: 1,
    says: `${CONTAINER} exited with code 1, {count} times in a row`,
    tells: ['second'],
  },
];
