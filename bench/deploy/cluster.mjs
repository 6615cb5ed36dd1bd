// What is made in the cluster, and what the API server knows of it.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { createInterface } from 'node:readline';

export const namespace = `bench-${randomBytes(4).toString('hex')}`;

export function kubectl(args, input) {
  const done = spawnSync('kubectl', args, { input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

/** `kubectl proxy`, which asks with the credentials of KUBECONFIG; its host and port, and what ends it. */
export async function openApi() {
  const child = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await new Promise((done) => createInterface(child.stdout).once('line', (...all) => done(all)));
  return { host: line.split(' ').at(-1), stop: () => child.kill() };
}

/** A Deployment of busybox that is ready a second after it runs. `spec` is of its Pods. */
export function applyDeployment(image, replicas, spec = {}) {
  const container = {
    name: 'web',
    image,
    command: ['sh', '/run.sh'],
    readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
  };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 0, containers: [container], ...spec },
  };
  const metadata = { name: 'web', namespace };
  const object = { replicas, selector: { matchLabels: { app: 'web' } }, template };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: object };
  kubectl(['apply', '-f', '-'], JSON.stringify(deployment));
}

/**
 * Watches by itself.
 * @returns the time, in milliseconds, at which the API server first showed an object that is so
 */
export function whenKnown(host, path, isSo) {
  return new Promise((done, failed) => {
    const asked = get(`http://${host}${path}?watch=true`, (answer) => {
      const lines = createInterface(answer);
      lines.on('line', (line) => {
        if (!isSo(JSON.parse(line).object)) return;
        done(Date.now());
        asked.destroy();
      });
      lines.on('error', failed);
    });
    asked.on('error', failed);
  });
}
