import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Test } from 'tap';
import { apiProxy } from './api-proxy.js';
import { buildOnce } from './build-once-process.js';
import { kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { makeImage } from './make-image.js';

/** Two versions, and a Deployment of the first whose readiness the cluster itself says. */
export async function makeDeployWorld(t: Test) {
  const proxy = await apiProxy(t);
  const repository = `${process.env['LAB_REGISTRY'] ?? ''}/deploy-world-${randomBytes(4).toString('hex')}`;
  const [first, second] = await Promise.all([makeImage(repository, up('first')), makeImage(repository, up('second'))]);
  const namespace = await makeNamespace(t);
  const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 1 };
  await makeDeployment(namespace, { image: `${repository}@${first}`, container: { readinessProbe } });
  await kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=600s']);
  const cwd = t.testdir({ kubeconfig: proxy.kubeconfig });
  /** The version that does not run now, so that each deployment has something to do. */
  let next = second;

  return {
    proxy,
    /** Deploys a version, and goes back to the other where that one is older. */
    deploy: async (digest: string, onStart: (kill: () => void) => void = () => {}, timeout = '600s') => {
      proxy.requests.length = 0;
      const commit = digest.slice(-40);
      const ended = await buildOnce(
        cwd,
        [
          ...['deploy', '--environment', 'staging', '--workloads', 'deployment/web', '--namespace', namespace],
          ...['--kubeconfig', join(cwd, 'kubeconfig'), '--image', `${repository}@${digest}`, '--commit', commit],
          ...['--rollback-to', commit, '--timeout', timeout],
        ],
        onStart,
      );
      t.comment(`${ended.code}\n${ended.out}${ended.err}`);
      return ended;
    },
    takeTurn: () => {
      const turn = next;
      next = next === first ? second : first;
      return turn;
    },
    /** The digest that the Deployment names, and the one that its record names. */
    state: async () => {
      const path = 'jsonpath={..containers[0].image} {.metadata.annotations.build-once/digest}';
      const [image, recorded] = (await kubectl(['-n', namespace, 'get', 'deployment', 'web', '-o', path])).split(' ');
      return { runs: image?.split('@')[1], recorded };
    },
  };
}

const up = (name: string) => `echo ${name}; exec sleep 3600`;
