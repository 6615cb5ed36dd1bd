// How soon `deploy` knows what the API server knows, and what it asks of the API server meanwhile, beside kubectl, in one
// run on the cluster of KUBECONFIG. It makes a namespace, and removes it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeImage } from '../dist/test/e2e/make-image.js';
import { applyDeployment, kubectl, namespace, openApi, whenKnown } from './deploy/cluster.mjs';
import { kubeconfigOf, startProxy } from './deploy/proxy.mjs';
import { say } from './image/report.mjs';
import { residentOf } from './image/run.mjs';

const missing = ['KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER'].filter((name) => (process.env[name] ?? '') === '');
if (missing.length > 0) {
  console.log(`bench/deploy.mjs measures on a cluster, and cannot run without ${missing.join(', ')}`);
  process.exit(0);
}

const program = fileURLToPath(new URL('../dist/build-once.mjs', import.meta.url));
const repository = `${process.env.LAB_REGISTRY}/${namespace}`;
/** Seconds that kubectl is given for what never comes. */
const PATIENCE = 60;
const pods = `/api/v1/namespaces/${namespace}/pods`;
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

/** Runs a program; when and how it ended, and the most memory it had, in MiB. */
function start([name, ...args], env = {}) {
  const child = spawn(name, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, residentOf(child.pid));
  }, 50);
  return new Promise((done) => {
    child.once('exit', (code) => {
      clearInterval(look);
      done({ code, at: Date.now(), memory, said });
    });
  });
}

function deploy(digest, timeout, kubeconfig = process.env.KUBECONFIG) {
  const options = {
    environment: 'bench',
    namespace,
    workloads: 'deployment/web',
    image: `${repository}@${digest}`,
    commit: '0123456789abcdef0123456789abcdef01234567',
    timeout,
    kubeconfig: '$BENCH_KUBECONFIG',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return start([process.execPath, program, 'deploy', ...args], { BENCH_KUBECONFIG: kubeconfig });
}

const rollout = (timeout, more = []) =>
  start(['kubectl', ...more, '-n', namespace, 'rollout', 'status', 'deployment/web', `--timeout=${timeout}s`]);

const wait = () => {
  const until = ['--for=condition=progressing=false', `--timeout=${PATIENCE}s`];
  return start(['kubectl', '-n', namespace, 'wait', 'deployment/web', ...until]);
};

/** A rollout to a digest that all wait for; what each said, and when, and when the API server knew. */
async function race(api, digest, known, programs) {
  const patched = whenKnown(api.host, deployments, ({ spec }) => JSON.stringify(spec).includes(digest));
  const ours = deploy(digest, '300s');
  await Promise.race([patched, ours.then(({ said }) => Promise.reject(new Error(`deploy ended before: ${said}`)))]);
  const others = programs.map((begin) => begin());
  return { known: await known, ours: await ours, others: await Promise.all(others) };
}

async function failure(api, good) {
  applyDeployment(`${repository}@${good}`, 1);
  kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web']);
  const isKnown = ({ status }) => /ErrImagePull|ImagePullBackOff/.test(JSON.stringify(status));
  const { known, ours, others } = await race(api, `sha256:${'0'.repeat(64)}`, whenKnown(api.host, pods, isKnown), [
    () => rollout(PATIENCE),
    wait,
  ]);
  const late = ours.at - known;
  say(
    'an image that cannot be pulled, after the API server knows',
    seconds(late),
    '<= 2 s',
    ours.code === 1 && late <= 2000,
  );
  say('  kubectl rollout status', `${others[0].code}: ${seconds(others[0].at - known)}`, 'its time-out', true);
  say('  kubectl wait', `${others[1].code}: ${seconds(others[1].at - known)}`, 'its time-out', true);
}

async function success(api, first, good) {
  applyDeployment(`${repository}@${first}`, 1);
  kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web']);
  const isKnown = ({ metadata, spec, status }) =>
    JSON.stringify(spec).includes(good) &&
    status.observedGeneration === metadata.generation &&
    [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === 1);
  const { known, ours, others } = await race(api, good, whenKnown(api.host, deployments, isKnown), [
    () => rollout(PATIENCE),
  ]);
  const late = ours.at - known;
  say('success, after the API server knows', seconds(late), '<= 0.5 s', ours.code === 0 && late <= 500);
  say('  kubectl rollout status', seconds(others[0].at - known), '', true);
}

/** A minute of waiting for Pods that find no node. */
async function waiting(api, good, replicas) {
  // Anew: what ran before would be scaled with it.
  kubectl(['-n', namespace, 'delete', 'deployment', 'web', '--ignore-not-found', '--cascade=foreground']);
  applyDeployment(`${repository}@${good}`, replicas, { nodeSelector: { bench: 'nowhere' } });
  const isMade = ({ status }) => status.updatedReplicas === replicas && status.replicas === replicas;
  await whenKnown(api.host, deployments, isMade);
  for (const [name, begin] of [
    ['build-once deploy', (server) => deploy(good, '60s', kubeconfigOf(server))],
    ['kubectl rollout status', (server) => rollout(60, ['--server', server])],
  ]) {
    const { server, counted, stop } = await startProxy(api.host);
    const { memory } = await begin(server);
    stop();
    const found = `${counted.requests}, ${(counted.bytes / 1024).toFixed(0)} KiB`;
    say(`${name}, a minute for ${replicas} Pods: requests, bytes`, found, '', true);
    say('  memory', `${memory.toFixed(0)} MiB`, '<= 120 MiB', memory <= 120);
  }
}

const api = await openApi();
try {
  kubectl(['create', 'namespace', namespace]);
  const first = await makeImage(repository, 'echo first; exec sleep 3600');
  const good = await makeImage(repository, 'echo good; exec sleep 3600');
  await failure(api, good);
  await success(api, first, good);
  for (const replicas of [1, 500]) await waiting(api, good, replicas);
} finally {
  api.stop();
  kubectl(['delete', 'namespace', namespace, '--wait=false']);
}
