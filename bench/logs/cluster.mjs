// A namespace with a workload to migrate, and Jobs whose log is followed.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { residentOf } from '../image/run.mjs';

function kubectl(args, input) {
  const { status, stdout, stderr } = spawnSync('kubectl', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @param registry that has node:20-slim, and that the cluster pulls from */
export async function openNamespace(registry) {
  const name = `bench-logs-${randomBytes(4).toString('hex')}`;
  const apply = (object) => kubectl(['-n', name, 'apply', '-f', '-'], JSON.stringify(object));
  const manifests = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
  const head = await fetch(`http://${registry}/v2/library/node/manifests/20-slim`, { headers: { accept: manifests } });
  const image = `${registry}/library/node@${head.headers.get('docker-content-digest')}`;
  kubectl(['create', 'namespace', name]);
  const labels = { app: 'web' };
  const podOf = (command) => ({ containers: [{ name: 'web', image, command }], restartPolicy: 'Never' });
  const { restartPolicy: _, ...spec } = podOf(['sleep', '1000']);
  apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  return {
    remove: () => kubectl(['delete', 'namespace', name, '--wait=false']),
    follow,
    /** What the program is given to run `script` as a migration. */
    migration: (script) => [
      ...['run-migration', '--environment', 'bench', '--namespace', name, '--workload', 'deployment/web'],
      ...[
        '--image',
        image,
        '--commit',
        randomBytes(20).toString('hex'),
        '--command',
        JSON.stringify(['node', '-e', script]),
      ],
    ],
    /** A Job that runs `script`, to be followed with kubectl. */
    makeJob: (script) => {
      const job = `job-${randomBytes(4).toString('hex')}`;
      const template = { spec: podOf(['node', '-e', script]) };
      apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: job }, spec: { backoffLimit: 0, template } });
      kubectl(['-n', name, 'wait', '--for=jsonpath={.status.ready}=1', `job/${job}`, '--timeout=120s']);
      return { follow: () => follow(['kubectl', '-n', name, 'logs', '-f', `job/${job}`]) };
    },
  };
}

/** Runs a program that prints the log: how many numbered lines came, how often not the next one, how long it took. */
async function follow([program, ...args]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let [rest, count, gaps, next, memory] = ['', 0, 0, 0, 0];
  let [first, last] = [0, 0];
  child.stdout.setEncoding('latin1').on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!/^N\d{8}x{90}$/.test(line)) continue;
      const number = Number(line.slice(1, 9));
      if (number !== next) gaps++;
      next = number + 1;
      count++;
      last = performance.now();
      first ||= last;
    }
  });
  const watch = setInterval(() => {
    memory = Math.max(memory, residentOf(child.pid));
  }, 25);
  await new Promise((done, failed) => child.once('close', done).once('error', failed));
  clearInterval(watch);
  return { count, gaps, seconds: (last - first) / 1000, memory };
}
