import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { migrationRules, templateRules } from '../../../src/kubernetes/permissions.js';
import { kubectl, makeNamespace } from '../cluster.js';
import { makePattern } from './pattern.js';
import type { Images, Scene, Stage } from './scene.js';
import { makeWorkload } from './workload.js';

/** How a command ended, as whoever started it sees it. */
export interface Ending {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** From the start of the command. */
  readonly seconds: number;
  /** Makes a pattern of what a scene says. */
  readonly pattern: (says: string) => RegExp;
}

const CLUSTER_WIDE = new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'PriorityClass']);

/** Plays a scene in a namespace of its own. */
export async function play(t: Test, scene: Scene, images: Images): Promise<Ending> {
  const kind = scene.workload?.kind ?? 'deployment';
  const rules =
    scene.rules ?? (scene.migrate === undefined ? undefined : [...migrationRules, ...templateRules({ kind })]);
  const namespace = await makeNamespace(t, rules, kind);
  const image = scene.image?.(images) ?? images.new;
  const repository = image.slice(0, image.lastIndexOf('@'));
  const old = `${repository}${images.old.slice(images.old.lastIndexOf('@'))}`;
  let said = '';
  const kubectlHere = (...args: readonly string[]) => kubectl(['-n', namespace, ...args]);
  const stage: Stage = {
    namespace,
    images,
    kubectl: kubectlHere,
    apply: (object) => kubectl(['-n', namespace, 'apply', '-f', '-'], JSON.stringify(object)),
    heal: () => fetch(`http://${image.replace('/flaky/', '/heal/')}`),
    said: (text) => until(async () => (typeof text === 'string' ? said.includes(text) : text.test(said))),
    seen: async (what, jsonpath, pattern) => {
      let seen = '';
      const look = async () => {
        seen = await kubectlHere('get', what, '-o', `jsonpath=${jsonpath}`);
        return pattern.test(seen);
      };
      await until(look, 500);
      return seen;
    },
  };
  const objects = scene.objects?.(namespace) ?? [];
  for (const { kind, metadata } of objects) {
    const name = (metadata as { name: string }).name;
    if (CLUSTER_WIDE.has(kind)) t.teardown(() => kubectl(['delete', kind, name, '--wait=false']));
  }
  // Nothing waits for the controller that makes this one.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  const workload = scene.workload === null ? [] : [makeWorkload(namespace, old, scene.workload)];
  const items = [account, ...objects, ...workload];
  await kubectl(['-n', namespace, 'apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  if (scene.labels !== undefined) {
    const labels = Object.entries(scene.labels).map(([key, value]) => `${key}=${value}`);
    await kubectl(['label', 'namespace', namespace, ...labels]);
  }
  if (scene.settled === true) await kubectlHere('rollout', 'status', `${kind}/web`, '--timeout=300s');
  await scene.before?.(stage);

  const start = Date.now();
  const command = startCommand(namespace, image, scene);
  command.stdout?.on('data', (piece) => (said += piece));
  const ended = collect(command);
  t.teardown(() => command.kill('SIGKILL'));
  const meanwhile = scene.meanwhile?.(stage);
  const end = await ended;
  const seconds = (Date.now() - start) / 1000;
  await meanwhile;
  const digest = image.slice(image.lastIndexOf('@') + 1);
  return { ...end, seconds, pattern: (says) => makePattern(says, { ns: namespace, image, digest }) };
}

function startCommand(namespace: string, image: string, scene: Scene): ChildProcess {
  const flags: Readonly<Record<string, string>> = {
    environment: 'staging',
    namespace,
    image,
    kubeconfig: process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '',
    commit: '0123456789abcdef0123456789abcdef01234567',
    timeout: '5m',
    ...(scene.migrate === undefined
      ? { workloads: `${scene.workload?.kind ?? 'deployment'}/web` }
      : { workload: 'deployment/web', command: JSON.stringify(['sh', '-c', scene.migrate]) }),
    ...scene.flags,
  };
  const words = Object.entries(flags).flatMap(([name, value]) => (value === '' ? [`--${name}`] : [`--${name}`, value]));
  const verb = scene.migrate === undefined ? 'deploy' : 'run-migration';
  // Nothing of CircleCI, where these tests may run themselves.
  const env = { PATH: process.env['PATH'] };
  return spawn(process.execPath, ['dist/build-once.mjs', verb, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function collect(child: ChildProcess): Promise<Pick<Ending, 'code' | 'out' | 'err'>> {
  const texts = { out: '', err: '' };
  child.stdout?.on('data', (piece) => (texts.out += piece));
  child.stderr?.on('data', (piece) => (texts.err += piece));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, ...texts };
}

async function until(isSo: () => Promise<boolean>, period = 100): Promise<void> {
  // Longer than any scene: what never comes is told of by the verdict, or by the time-out of the test.
  for (const start = Date.now(); Date.now() - start < 300_000; await setTimeout(period)) if (await isSo()) return;
}
