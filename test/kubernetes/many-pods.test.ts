import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Pod } from '../../src/kubernetes/objects.js';
import { makeSlimPods } from '../../src/kubernetes/slim-pod.js';
import { wholePod } from './many-pods.js';
import { type Reply, serve } from './scripted-api.js';

const PODS = 5000;
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Lines of a watch in which one Pod after the other becomes ready. */
function* becomeReady(): Iterable<string> {
  for (let number = 0; number < PODS; number++) {
    yield `${JSON.stringify({ type: 'MODIFIED', object: wholePod(number, { version: PODS + number, isReady: true }) })}\n`;
  }
}

async function* thenSilence(lines: Iterable<string>): AsyncIterable<string> {
  yield* lines;
  await new Promise(() => undefined);
}

t.test('a deployment of 5,000 Pods', { timeout: 300_000 }, async (t) => {
  const labels = { app: 'web' };
  const { spec } = wholePod(0, { version: 1, isReady: true });
  let bytes = 0;
  const deployment = (available: number) => ({
    metadata: { name: 'web', uid: 'deployment', generation: 1, resourceVersion: String(available) },
    spec: { replicas: PODS, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    status: { observedGeneration: 1, replicas: PODS, updatedReplicas: PODS, availableReplicas: available },
  });
  const set = {
    metadata: { name: 'set', uid: 'set', ownerReferences: [{ uid: 'deployment' }] },
    spec: { template: { metadata: { labels }, spec } },
  };
  let available = 0;
  const counted = function* (lines: Iterable<string>) {
    for (const line of lines) {
      bytes += line.length;
      yield line;
    }
    available = PODS;
  };
  const server = await serve(t, ({ path, query }): Reply => {
    const isWatch = query.has('watch');
    if (path.endsWith('/deployments/web')) return { json: deployment(available) };
    if (path.endsWith('/pods') && isWatch) return { pieces: thenSilence(counted(becomeReady())) };
    if (path.endsWith('/pods')) {
      const from = Number(query.get('continue') ?? 0);
      const end = Math.min(PODS, from + Number(query.get('limit')));
      const items = Array.from({ length: end - from }, (_, at) =>
        wholePod(from + at, { version: from + at, isReady: false }),
      );
      const metadata = { resourceVersion: String(PODS), ...(end < PODS ? { continue: String(end) } : {}) };
      return { json: { metadata, items } };
    }
    if (path.endsWith('/deployments') && isWatch) {
      return {
        pieces: (async function* () {
          while (available === 0) await new Promise((done) => setTimeout(done, 100));
          yield* thenSilence([`${JSON.stringify({ type: 'MODIFIED', object: deployment(available) })}\n`]);
        })(),
      };
    }
    if (isWatch) return { pieces: thenSilence([]) };
    return { json: { metadata: { resourceVersion: '1' }, items: path.endsWith('/replicasets') ? [set] : [] } };
  });
  const kubeconfig = JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 't' } }],
  });
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('deploy-and-measure.js', import.meta.url)),
    ...[kubeconfig, `registry.example/acme/web@${DIGEST}`],
  ]);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (out += piece));
  await once(child, 'close');
  t.comment(out);
  const { cause, memory } = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { cause?: string; memory: number };
  t.equal(cause, undefined);
  t.match(out, `${PODS} of ${PODS} replicas updated, ${PODS} available`);
  t.comment(`${memory} MB at most, for Pods of ${Math.round((bytes / 2 ** 20) * 2)} MB`);
  t.ok(memory < 200, `${memory} MB`);
});

t.test('Pods of one template share it', (t) => {
  const keep = makeSlimPods();
  const [one, two] = [1, 2].map((number) => keep(wholePod(number, { version: number, isReady: true })));
  t.equal(one?.spec.containers, two?.spec.containers);
  t.not(one?.metadata.name, two?.metadata.name);
  const read = ({ metadata, spec, status }: Pod) => [
    metadata.name,
    metadata.uid,
    metadata.ownerReferences,
    spec.nodeName,
    spec.containers.map(({ name, image, args, ports, readinessProbe }) => [name, image, args, ports, readinessProbe]),
    status?.phase,
    status?.conditions,
    status?.containerStatuses?.map(({ name, ready, restartCount, imageID, state, lastState }) => [
      ...[name, ready, restartCount, imageID, state, lastState],
    ]),
  ];
  const whole = wholePod(1, { version: 1, isReady: true });
  t.same(one && read(one), read(whole), 'what is read of a Pod is all there');
  t.ok(JSON.stringify(one).length < JSON.stringify(whole).length / 2);
  t.end();
});
