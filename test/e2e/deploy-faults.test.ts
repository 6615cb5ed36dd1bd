import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { apiProxy } from './api-proxy.js';
import { buildOnce } from './build-once-process.js';
import { kubectl, makeDeployment, makeNamespace } from './cluster.js';
import { makeImage } from './make-image.js';
import { skipWithout } from './skip-without.js';

/**
 * `build-once deploy` on a real cluster whose API server fails, goes away or answers late, and killed at any point: it
 * never says done of what is not, and a plain re-run ends it.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const deployerFile = process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '';
const repository = `${process.env['LAB_REGISTRY'] ?? ''}/deploy-faults-${randomBytes(4).toString('hex')}`;
if (skip === false) t.setTimeout(1_800_000);

/** What is read of a kubeconfig whose user has a token. */
interface TokenKubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** Two versions, and a Deployment of the first whose readiness the cluster itself says. */
async function makeWorld(t: Test) {
  const config = load(await readFile(deployerFile, 'utf8')) as TokenKubeconfig;
  const proxy = await apiProxy(t, config.clusters[0]?.cluster.server ?? '', config.users[0]?.user.token ?? '');
  const [first, second] = await Promise.all([makeImage(repository, up('first')), makeImage(repository, up('second'))]);
  const namespace = await makeNamespace(t);
  const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 1 };
  await makeDeployment(namespace, { image: `${repository}@${first}`, container: { readinessProbe } });
  await kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=300s']);
  const cwd = t.testdir({ kubeconfig: proxy.kubeconfig });
  /** The version that does not run now, so that each deployment has something to do. */
  let next = second;

  const read = async (path: string) => kubectl(['-n', namespace, 'get', 'deployment', 'web', '-o', `jsonpath=${path}`]);
  return {
    proxy,
    namespace,
    /** Deploys a version, and goes back to the other where that one is older. */
    deploy: async (digest: string, onStart: (kill: () => void) => void = () => {}, timeout = '180s') => {
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
    state: async () => ({
      runs: (await read('{..containers[0].image}')).split('@')[1],
      recorded: await read('{.metadata.annotations.build-once/digest}'),
    }),
  };
}

const up = (name: string) => `echo ${name}; exec sleep 3600`;

t.test('killed at any request, a plain re-run ends it', { skip, timeout: 1_800_000 }, async (t) => {
  const { proxy, deploy, takeTurn, state } = await makeWorld(t);
  let points = 0;
  // The first ones only ask for rights, and are alike.
  for (let at = 6; at <= 17; at++) {
    for (const moment of ['before', 'after'] as const) {
      const digest = takeTurn();
      let struck = false;
      const killed = await deploy(digest, (kill) => {
        proxy.strike = {
          at,
          moment,
          act: () => {
            struck = true;
            kill();
          },
        };
      });
      proxy.strike = undefined;
      if (!struck) {
        t.equal(killed.code, 0, `done before request ${at}`);
        continue;
      }
      points++;
      t.equal(killed.code, null, `killed ${moment} the answer to request ${at}`);
      const between = await state();
      // The image and its record are one write.
      if (between.runs === digest) t.equal(between.recorded, digest);
      const again = await deploy(digest);
      t.equal(again.code, 0, again.err);
      t.same(await state(), { runs: digest, recorded: digest });
    }
  }
  t.ok(points >= 20, `${points} points`);
});

t.test('what the API server may answer for a while', { skip, timeout: 1_800_000 }, async (t) => {
  const { proxy, deploy, takeTurn, state } = await makeWorld(t);
  const status = (code: number, reason: string, message: string) =>
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
  const bodies = {
    429: { status: 429, headers: { 'retry-after': '1' }, body: status(429, 'TooManyRequests', 'too many requests') },
    500: { status: 500, body: status(500, 'InternalError', 'etcdserver: request timed out') },
    503: { status: 503, body: 'upstream connect error' },
    html: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
    cut: 'cut',
    401: { status: 401, body: status(401, 'Unauthorized', 'Unauthorized') },
  } as const;
  for (const [name, answer] of Object.entries(bodies)) {
    const digest = takeTurn();
    // Every third request fails once; what is refused with 401 is asked again at once.
    proxy.answer = (number) => (number % 3 === 1 ? answer : undefined);
    const done = await deploy(digest);
    proxy.answer = () => undefined;
    t.equal(done.code, 0, `${name}: ${done.err}`);
    t.same(await state(), { runs: digest, recorded: digest });
  }
  const digest = takeTurn();
  proxy.answer = () => bodies[401];
  const refused = await deploy(digest);
  t.equal(refused.code, 1);
  t.match(refused.err, 'build-once deploy: the cluster does not accept the credentials');
  let isPatched = false;
  proxy.answer = (_number, request) => {
    const answer = isPatched ? bodies[500] : undefined;
    isPatched ||= request.startsWith('PATCH') && !request.includes('dryRun');
    return answer;
  };
  const lost = await deploy(digest, undefined, '20s');
  t.equal(lost.code, 1);
  t.match(
    lost.err,
    /build-once deploy: the workloads were not seen to become available: .*etcdserver: request timed out/,
  );
  proxy.answer = () => undefined;
  const again = await deploy(digest);
  t.equal(again.code, 0, again.err);
});

t.test('servers that stand still in the middle of it', { skip, timeout: 1_800_000 }, async (t) => {
  const { deploy, takeTurn, state } = await makeWorld(t);
  for (const part of ['etcd', 'apiserver', 'kubelet']) {
    // `lab` keeps the ids of its processes beside the kubeconfigs.
    const file = join(dirname(deployerFile), '..', 'pid', part);
    const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    if (Number.isNaN(pid)) {
      t.pass(`${part} is not here to be stopped`, { skip: 'only in the lab' });
      continue;
    }
    const digest = takeTurn();
    process.kill(pid, 'SIGSTOP');
    const going = deploy(digest);
    try {
      await setTimeout(8000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const done = await going;
    t.equal(done.code, 0, `${part}: ${done.err}`);
    t.same(await state(), { runs: digest, recorded: digest });
  }
});
