import t, { type Test } from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { run as rollback } from '../../src/commands/rollback/run.js';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { passedTag } from '../../src/reference.js';
import { inProcess } from '../kubernetes/scripted-api.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { addImage, fakeRegistry } from '../support/fake-registry.js';
import { NO_LOGIN } from '../support/no-login.js';
import { KUBECONFIG } from '../support/scripted-kubeconfig.js';
import { type Fate, scriptedNamespace } from '../support/scripted-namespace.js';
import { fakeClock, testIo } from '../support/test-io.js';

/* `build-once rollback`: what it goes back to, what it demands, what it says. */

const SET = ['deployments/web', 'statefulsets/queue', 'cronjobs/report'];
const WORKLOADS = 'deployment/web,statefulset/queue,cronjob/report';
const JOB = 'https://app.circleci.com/jobs/1';
const shaOf = (number: number) => String(number).repeat(40);

/** Images 1, 2 and 3 of commits 111.., 222.. and 333.., all passed by production; `fates` of some of them. */
async function makeWorld(t: Test, fates: Readonly<Record<number, Fate>> = {}) {
  const clock = fakeClock();
  const registry = await fakeRegistry(t);
  const shop = `${registry.host}/shop`;
  const add = (number: number, labels: object, ...tags: readonly string[]) =>
    addImage(
      registry,
      'shop',
      { architecture: 'amd64', salt: `${number}`, ...{ config: { Labels: labels } } },
      ...tags,
    );
  const digests = [1, 2, 3].map((number) =>
    add(
      number,
      {
        'org.opencontainers.image.revision': shaOf(number),
        'org.opencontainers.image.created': `2026-01-0${number}T00:00:00Z`,
      },
      shaOf(number),
      passedTag('production', shaOf(number)),
      `1.${number}.0`,
    ),
  );
  const imageOf = (number: number) => `${shop}@${digests[number - 1]}`;
  const fate = (image: string): Fate => {
    const [bad] = Object.keys(fates).filter((number) => image === imageOf(Number(number)));
    return fates[Number(bad)] ?? 'up';
  };
  const namespace = scriptedNamespace(clock, Object.fromEntries(SET.map((path) => [path, `${shop}:0.1`])), fate);
  const [cluster, real] = [inProcess(namespace.script), nodeHttp()];
  const http: Http = (request) => (request.url.startsWith('https://api/') ? cluster(request) : real(request));
  const shared = {
    environment: 'production',
    workloads: WORKLOADS,
    namespace: 'shop',
    eks: '',
    region: '',
    role: '',
    kubeconfig: KUBECONFIG,
    timeout: '1m',
    grace: '5m',
    dry_run: false,
  };
  const said = (result: Awaited<ReturnType<typeof deploy>>) => {
    if (result.ok) return `ok: ${result.value.summary}`;
    const { code, cause, details = [], next = '' } = result.error;
    return [`${code}: ${cause}`, ...details, `next: ${next}`].join('\n');
  };
  const env = { CIRCLE_BUILD_URL: JOB };
  const deliver = async (number: number, more: object = {}) => {
    clock.sleep(60_000);
    const commit = shaOf(number);
    const options = {
      ...shared,
      ...ORDER,
      ...NOT_APPLIED,
      rollback_to: commit,
      commit,
      image: imageOf(number),
      directory: 'x',
    };
    return said(await deploy({ ...options, ...more }, testIo({ clock, http, env })));
  };
  const back = async (to = 'previous', more: object = {}) => {
    const io = testIo({ clock, http, env: {} });
    const options = { ...shared, ...NO_LOGIN, repository: shop, destination: '', to, ...more };
    const verdict = said(await rollback(options, io));
    return { verdict, out: io.out() };
  };
  const runs = () => [...new Set(SET.map((path) => namespace.find(path).image))];
  return { ...namespace, shop, add, digests, imageOf, deliver, back, runs };
}

t.test('to what ran before: shown, done, and recorded', async (t) => {
  const { deliver, back, runs, imageOf, digests, find, calls } = await makeWorld(t);
  t.match(
    (await back()).verdict,
    /^1: what deployment\/web ran before is not known: no deployment has left a record of it\nwhat statefulset\/queue/,
  );
  t.match(await deliver(1), /^ok/);
  t.match(await deliver(2), /^ok/);

  const writes = () => calls.filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === null).length;
  const before = writes();
  const dry = await back('previous', { dry_run: true, repository: '' });
  t.equal(dry.verdict, 'ok: Dry run: 3 of 3 workloads would go back; nothing was changed.');
  t.equal(writes(), before);
  t.match(dry.out, `runs:       statefulset/queue: commit ${shaOf(2)}: ${imageOf(2)}, deployed 2026-`);
  t.match(dry.out, `returns to: statefulset/queue: commit ${shaOf(1)}: ${imageOf(1)}, deployed 2026-`);
  t.match(dry.out, JOB, 'and by which job');
  t.match(dry.out, 'A migration is not undone');

  const done = await back('previous', { repository: '' });
  t.match(
    done.verdict,
    `ok: production runs ${imageOf(1)} again: deployment/web, statefulset/queue, cronjob/report; after `,
  );
  t.same(runs(), [imageOf(1)]);
  const { annotations } = find('statefulsets/queue');
  t.match(annotations, {
    'build-once/commit': shaOf(1),
    'build-once/digest': digests[0],
    'kubernetes.io/change-cause': `build-once rollback of production to commit ${shaOf(1)}: ${digests[0]?.slice(0, 19)}..`,
  });
  t.notOk('build-once/job' in annotations, 'it was no job that went back');
  t.match(
    (await back()).verdict,
    `1: deployment/web runs what a rollback has brought, so its previous one is what was gone back from: commit ${shaOf(2)}`,
  );
});

t.test('to a commit, a digest and a version that the environment has passed', async (t) => {
  const { deliver, back, runs, imageOf, digests } = await makeWorld(t);
  for (const number of [1, 2, 3]) t.match(await deliver(number), /^ok/);
  const first = await back(shaOf(1));
  t.match(first.verdict, /^ok/);
  t.match(first.out, `returns to: deployment/web: commit ${shaOf(1)}: ${imageOf(1)}, built 2026-01-01T00:00:00.000Z`);
  t.same(runs(), [imageOf(1)]);
  t.match((await back('1.2.0')).verdict, /^ok/);
  t.same(runs(), [imageOf(2)]);
  t.match((await back(digests[2])).verdict, /^ok/);
  t.same(runs(), [imageOf(3)]);
  const again = await back(shaOf(3));
  t.match(again.verdict, /^ok: .*; nothing was changed/);
  t.match(again.out, 'and stays as it is');
});

t.test('what it refuses, before anything is changed', async (t) => {
  const { deliver, back, add, shop, imageOf, calls } = await makeWorld(t);
  t.match(await deliver(1), /^ok/);
  t.match(await deliver(2), /^ok/);
  const label = 'org.opencontainers.image.revision';
  const never = add(7, { [label]: shaOf(7) }, shaOf(7));
  const other = add(8, { [label]: shaOf(1) }, '8.0.0');
  add(9, {}, '9.0.0');
  const writes = () => calls.filter(({ method, query }) => method === 'PATCH' && !query.has('dryRun')).length;
  const before = writes();
  const refused = async (to: string, cause: string, more: object = {}) =>
    t.match((await back(to, more)).verdict, cause);
  await refused(
    shaOf(7),
    `1: production has never passed commit ${shaOf(7)}: there is no tag production.${shaOf(7)} in ${shop}`,
  );
  await refused(never, `1: production has never passed commit ${shaOf(7)}`);
  await refused(shaOf(1), `1: staging has never passed commit ${shaOf(1)}`, { environment: 'staging' });
  await refused(
    '8.0.0',
    `1: production has passed another image of commit ${shaOf(1)}: production.${shaOf(1)} is ${imageOf(1).split('@')[1]}, but 8.0.0 is ${other}`,
  );
  await refused('9.0.0', '1: which commit 9.0.0 is of is not known');
  await refused('9.9.9', `1: there is no image 9.9.9 in ${shop}`);
  await refused('main', '2: --to is "main": expected previous, the full SHA of a commit');
  await refused(shaOf(1), '2: --repository is ""', { repository: '' });
  await refused('previous', '2: --timeout is "x"', { timeout: 'x' });
  await refused('previous', '2: --workloads: "web" is not a workload', { workloads: 'web' });
  await refused('previous', '1: there is no Deployment "gone"', { workloads: 'deployment/web,deployment/gone' });
  await refused(shaOf(1), `deployment/web has no container with an image of ${shop}-eu`, { destination: `${shop}-eu` });
  t.equal(writes(), before, 'nothing was changed');
});

t.test('rights that are missing are told at once, before anything is changed', async (t) => {
  const { deliver, back, gate, imageOf, calls } = await makeWorld(t);
  t.match(await deliver(1), /^ok/);
  t.match(await deliver(2), /^ok/);
  const without = (...lacking: readonly string[]) => {
    gate(({ path, body }) => {
      if (path.endsWith('/selfsubjectreviews'))
        return { json: { metadata: {}, status: { userInfo: { username: 'ci' } } } };
      if (!path.endsWith('/selfsubjectaccessreviews')) return undefined;
      const { verb, resource } = JSON.parse(body).spec.resourceAttributes;
      return { json: { metadata: {}, status: { allowed: !lacking.includes(`${verb} ${resource}`) } } };
    });
  };
  const before = calls.length;
  without('patch deployments', 'get statefulsets', 'list pods');
  const { verdict } = await back();
  t.match(
    verdict,
    '1: user "ci" may not patch deployments.apps, get statefulsets.apps, list pods in namespace "shop": no Role bound to it has all of the rules below',
  );
  t.match(verdict, 'next: Nothing was changed.');
  const made = calls.slice(before).filter(({ method }) => method === 'PATCH');
  t.same(
    made.map(({ path, query }) => [path.split('/').at(-1), query.get('dryRun')]),
    [['report', 'All']],
    'what may not be done is not tried',
  );

  without('list events', 'delete pods');
  const done = await back();
  t.match(done.verdict, `ok: production runs ${imageOf(1)} again`);
  t.match(done.out, /user "ci" may not .*list events.*; this goes on without/);
});

t.test('a set goes back as a whole', async (t) => {
  const { deliver, back, runs, imageOf } = await makeWorld(t);
  t.match(await deliver(1), /^ok/);
  t.match(await deliver(2), /^ok/);
  t.match(await deliver(3, { workloads: 'deployment/web' }), /^ok/);
  const { verdict } = await back();
  t.match(verdict, '1: the workloads did not run the same before, so to go back would leave a set of several versions');
  t.match(verdict, `deployment/web: commit ${shaOf(2)}\nstatefulset/queue: commit ${shaOf(1)}`);
  t.same(runs(), [imageOf(3), imageOf(2)]);
  t.match((await back(shaOf(2))).verdict, /^ok/);
  t.same(runs(), [imageOf(2)]);
});

t.test('before the first deployment there was a tag', async (t) => {
  const { deliver, back, runs, shop, find } = await makeWorld(t);
  t.match(await deliver(1), /^ok/);
  const { verdict, out } = await back();
  t.match(verdict, `ok: production runs ${shop}:0.1 again`);
  t.match(out, `returns to: deployment/web: ${shop}:0.1, of which there is no record`);
  t.same(runs(), [`${shop}:0.1`]);
  t.notOk('build-once/commit' in find('deployments/web').annotations);
});

t.test('what does not come up, and what somebody else changes meanwhile', async (t) => {
  const { deliver, back, find, deleted, gate, meddle, imageOf, calls } = await makeWorld(t, {
    1: 'up',
    2: 'crashes',
    3: 'crashes',
  });
  t.match(await deliver(1), /^ok/);
  t.match(await deliver(2), /^1: /);
  t.equal(find('statefulsets/queue').podImage, imageOf(2));
  t.match((await back()).verdict, /^ok/, 'from what crashes');
  t.same(deleted, ['queue-0']);
  t.match(
    (await back(shaOf(3))).verdict,
    /^1: the rollback of production did not come up: deployment\/web failed: container "web" of Pod web-0 exited with code 3/,
  );
  const seen = calls.length;
  gate(({ method, query }) => {
    const isLook = calls.slice(seen).filter((call) => call.query.get('dryRun') !== null).length === 3;
    if (isLook && method === 'GET' && !query.has('labelSelector') && find('cronjobs/report').image === imageOf(3)) {
      meddle('cronjobs/report', imageOf(2));
    }
    return undefined;
  });
  t.match(
    (await back(shaOf(1))).verdict,
    /^1: the rollback of production did not come up: cronjob\/report was changed by someone else meanwhile, and is left as it is/,
  );
  t.equal(find('deployments/web').image, imageOf(1));
});
