import t from 'tap';
import { makeDeployWorld } from './deploy-world.js';
import { skipWithout } from './skip-without.js';

/**
 * `build-once deploy` on a real cluster whose API server fails or answers badly, and killed at any point: it never says
 * done of what is not, and a plain re-run ends it.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
t.jobs = 3;
if (skip === false) t.setTimeout(1_800_000);

for (const moment of ['before', 'after'] as const) {
  const name = `killed at any request, ${moment} its answer, a plain re-run ends it`;
  t.test(name, { skip, timeout: 1_800_000 }, async (t) => {
    const { proxy, deploy, takeTurn, state } = await makeDeployWorld(t);
    let points = 0;
    // The first ones only ask for rights, and are alike.
    for (let at = 6; at <= 17; at++) {
      const digest = takeTurn();
      const killed = await deploy(digest, (kill) => {
        proxy.strike = { at, moment, act: kill };
      });
      proxy.strike = undefined;
      if (killed.code === 0) {
        t.same(await state(), { runs: digest, recorded: digest }, `done before request ${at}`);
        continue;
      }
      points++;
      t.equal(killed.code, null, `killed at request ${at}`);
      const between = await state();
      // The image and its record are one write.
      if (between.runs === digest) t.equal(between.recorded, digest);
      const again = await deploy(digest);
      t.equal(again.code, 0, again.err);
      t.same(await state(), { runs: digest, recorded: digest });
    }
    t.ok(points >= 10, `${points} points`);
  });
}

t.test('what the API server may answer for a while', { skip, timeout: 1_800_000 }, async (t) => {
  const { proxy, deploy, takeTurn, state } = await makeDeployWorld(t);
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
    // Every third request fails, but none twice: what is refused with 401 is asked again once, at once.
    const failed = new Set<string>();
    proxy.answer = (number, request) => {
      if (number % 3 !== 1 || failed.has(request)) return undefined;
      failed.add(request);
      return answer;
    };
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
  const lost = await deploy(digest, undefined, '30s');
  t.equal(lost.code, 1);
  t.match(
    lost.err,
    /build-once deploy: the workloads were not seen to become available: .*etcdserver: request timed out/,
  );
  proxy.answer = () => undefined;
  const again = await deploy(digest);
  t.equal(again.code, 0, again.err);
});
