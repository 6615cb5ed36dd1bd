import t from 'tap';
import { run as deploy } from '../../src/commands/deploy/run.js';
import { inProcess, status } from '../kubernetes/scripted-api.js';
import { NOT_APPLIED, ORDER } from '../support/comparison.js';
import { KUBECONFIG } from '../support/scripted-kubeconfig.js';
import { type Fate, scriptedNamespace } from '../support/scripted-namespace.js';
import { fakeClock, testIo } from '../support/test-io.js';

/* What `deploy` does with `rollback: automatic` when a deployment fails: nothing of the set stays half new. */

const SHOP = 'ghcr.io/acme/shop';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [OLD, NEW, OTHER] = [`${SHOP}@${digest('a')}`, `${SHOP}@${digest('b')}`, `${SHOP}@${digest('c')}`];
const COMMIT = 'b'.repeat(40);
const SET = ['deployments/web', 'statefulsets/queue', 'cronjobs/report'];
const RECORD = {
  'build-once/commit': 'a'.repeat(40),
  'build-once/digest': digest('a'),
  'build-once/job': 'https://ci/old',
  'build-once/previous': 'what was before',
  'kubernetes.io/change-cause': 'build-once deploy of commit aaa',
};

/** A namespace that runs the old image by a deployment of this program, and a job that deploys the new one to it. */
function makeWorld(fate: (image: string) => Fate, images: Readonly<Record<string, string>> = {}) {
  const clock = fakeClock();
  const all = Object.fromEntries(SET.map((path) => [path, images[path] ?? OLD]));
  const namespace = scriptedNamespace(clock, all, fate);
  for (const path of SET) namespace.find(path).annotations = { ...RECORD, team: 'shop' };
  const job = async (more: object = {}, signal?: AbortSignal) => {
    const io = testIo({ clock, http: inProcess(namespace.script), ...(signal === undefined ? {} : { signal }) });
    const result = await deploy(
      {
        ...ORDER,
        ...NOT_APPLIED,
        rollback: 'automatic',
        grace: '5m',
        rollback_to: COMMIT,
        environment: 'production',
        namespace: 'shop',
        eks: '',
        region: '',
        role: '',
        kubeconfig: KUBECONFIG,
        image: NEW,
        commit: COMMIT,
        directory: 'build-once',
        timeout: '5m',
        dry_run: false,
        workloads: 'deployment/web,statefulset/queue,cronjob/report',
        ...more,
      },
      io,
    );
    const { code = 0, cause = '', details = [], next = '' } = result.ok ? {} : result.error;
    return { code, cause, details, next, out: io.out() };
  };
  const state = () => SET.map((path) => [namespace.find(path).image, namespace.find(path).annotations]);
  return { ...namespace, clock, job, state };
}

const badIfNew = (how: Fate) => (image: string) => (image === NEW ? how : 'up');

t.test('a version that crashes: all of the set goes back, with its records, and the job is red', async (t) => {
  const { job, state, deleted, find, calls } = makeWorld(badIfNew('crashes'));
  const before = structuredClone(state());
  const end = await job();
  t.equal(end.code, 75);
  t.match(end.cause, /^deployment\/web failed: container "web" of Pod web-0 exited with code 3, 4 times in a row$/);
  t.match(
    end.details.join('\n'),
    /boom[\s\S]*\nrolled back, after \d+\.\d s:\ndeployment\/web: container web: sha256:b{12}\.\. -> sha256:a{12}\.\./,
  );
  t.match(end.details.join('\n'), 'cronjob/report: container web');
  t.match(end.next, 'a migration is not undone');
  t.same(state(), before);
  t.same(deleted, ['queue-0'], 'the broken Pod of the StatefulSet, and no other');
  t.match(JSON.parse(calls.find(({ method }) => method === 'DELETE')?.body ?? '{}'), {
    preconditions: { uid: 'queue-0' },
  });
  t.match(end.out, /statefulset\/queue: deleted Pod queue-0, which is not ready and would hold the rollout up/);
  t.equal(find('deployments/web').annotations['team'], 'shop', 'what others have annotated stays');
});

t.test('a version that is never ready times out, and goes back, too', async (t) => {
  const { job, state } = makeWorld(badIfNew('never ready'));
  const before = structuredClone(state());
  const end = await job({ timeout: '1m' });
  t.equal(end.code, 75);
  t.match(end.cause, /deployment\/web timed out after 1m: /);
  t.same(state(), before);
});

t.test('without it the set stays as it is, and the line says what to run', async (t) => {
  const { job, find } = makeWorld(badIfNew('crashes'));
  const end = await job({ rollback: 'none' });
  t.equal(end.code, 1);
  t.match(
    end.next,
    'Nothing was rolled back: the workloads keep the new version. To go back: build-once rollback --environment production --namespace shop --workloads deployment/web,statefulset/queue,cronjob/report',
  );
  for (const path of SET) {
    t.equal(find(path).image, NEW);
    t.match(JSON.parse(find(path).annotations['build-once/previous'] ?? ''), {
      by: 'deploy',
      images: { web: OLD },
      annotations: { 'build-once/commit': 'a'.repeat(40), 'build-once/previous': undefined },
    });
  }
});

t.test('what somebody else has changed meanwhile is left, and the others go back', async (t) => {
  const { job, find, meddle, gate, calls } = makeWorld(badIfNew('crashes'));
  gate(() => {
    const patches = calls.filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === null);
    if (patches.length === 3 && find('cronjobs/report').image === NEW) meddle('cronjobs/report', OTHER);
    return undefined;
  });
  const end = await job();
  t.equal(end.code, 1, 'not all is back');
  t.match(
    end.cause,
    /^\w+\/\w+ failed: .*; and the rollback did not come up: cronjob\/report was changed by someone else meanwhile, and is left as it is$/,
  );
  t.equal(find('deployments/web').image, OLD);
  t.equal(find('statefulsets/queue').image, OLD);
  t.equal(find('cronjobs/report').image, OTHER);
});

t.test('a rollback that does not come up is no 75', async (t) => {
  let patched = false;
  const { job, gate, find } = makeWorld((image) => (image === NEW || patched ? 'crashes' : 'up'));
  gate((call) => {
    patched ||= call.method === 'PATCH' && call.query.get('dryRun') === null;
    return undefined;
  });
  const end = await job();
  t.equal(end.code, 1);
  t.match(
    end.cause,
    /^deployment\/web failed: .*; and the rollback did not come up: deployment\/web failed: container "web" of Pod web-0 exited/,
  );
  t.equal(find('deployments/web').image, OLD);
});

t.test('a patch that is refused in the middle: what was changed before it goes back', async (t) => {
  const { job, state, gate } = makeWorld(() => 'up');
  const before = structuredClone(state());
  gate(({ method, path, query }) =>
    method === 'PATCH' && path.endsWith('/queue') && query.get('dryRun') === null
      ? status(403, 'Forbidden', 'admission webhook "policy" denied the request: not on Fridays')
      : undefined,
  );
  const end = await job();
  t.equal(end.code, 75);
  t.match(end.cause, 'not on Fridays');
  t.match(end.details.join('\n'), /changed before it: deployment\/web\nrolled back, /);
  t.notMatch(end.details.join('\n'), 'statefulset/queue: container', 'which was never changed');
  t.same(state(), before);
});

t.test('an answer that was cut off: what was changed all the same goes back', async (t) => {
  const { job, state, gate, script } = makeWorld(() => 'up');
  const before = structuredClone(state());
  let cut = 0;
  gate((call) => {
    if (call.method !== 'PATCH' || !call.path.endsWith('/queue') || call.query.get('dryRun') !== null || cut > 5)
      return;
    cut += 1;
    if (cut === 1) {
      gate(undefined);
      void script(call);
      gate(() => (++cut < 8 ? { cut: true } : undefined));
    }
    return { cut: true };
  });
  const end = await job();
  t.equal(end.code, 75, end.cause);
  t.match(end.cause, 'the Kubernetes API server cannot be used');
  t.same(state(), before);
});

t.test('a run that takes up a killed one returns all of the set', async (t) => {
  const world = makeWorld(badIfNew('crashes'));
  const before = structuredClone(world.state());
  const killed = await world.job({ workloads: 'deployment/web', rollback: 'none' });
  t.equal(killed.code, 1);
  const end = await world.job();
  t.equal(end.code, 75);
  const [web, ...others] = world.state();
  t.same(others, before.slice(1));
  const { 'build-once/previous': _, ...record } = RECORD;
  t.same(web, [OLD, { ...record, team: 'shop' }], 'by what the killed one has kept');
});

t.test('a run that changed nothing rolls nothing back', async (t) => {
  const { job, find } = makeWorld(badIfNew('crashes'));
  await job({ rollback: 'none' });
  const end = await job();
  t.equal(end.code, 1);
  t.match(
    end.next,
    /^This run changed nothing: the workloads had this digest already\. To go back: build-once rollback/,
  );
  t.equal(find('deployments/web').image, NEW);
});

t.test('a job that is cancelled rolls nothing back, and says so', async (t) => {
  const stop = new AbortController();
  const { job, gate, find, calls } = makeWorld(badIfNew('never ready'));
  gate(() => {
    if (calls.filter(({ method }) => method === 'PATCH').length === 6) stop.abort();
    return undefined;
  });
  const end = await job({}, stop.signal);
  t.equal(end.code, 1);
  t.match(end.cause, /asked to end/);
  t.match(end.details.join('\n'), 'nothing was rolled back');
  t.equal(find('deployments/web').image, NEW);
});

t.test('a job that is cancelled between two patches', async (t) => {
  const stop = new AbortController();
  const { job, gate, find } = makeWorld(() => 'up');
  gate(({ method, path, query }) => {
    if (method !== 'PATCH' || !path.endsWith('/queue') || query.get('dryRun') !== null) return undefined;
    stop.abort();
    return { cut: true };
  });
  const end = await job({}, stop.signal);
  t.equal(end.code, 1);
  t.match(end.details.join('\n'), 'changed before it: deployment/web\nnothing was rolled back');
  t.equal(find('deployments/web').image, NEW);
});

t.test('the image of a first deployment was a tag: back to that', async (t) => {
  const { job, find } = makeWorld(badIfNew('crashes'), { 'deployments/web': `${SHOP}:1.0` });
  find('deployments/web').annotations = {};
  const end = await job({ workloads: 'deployment/web' });
  t.equal(end.code, 75);
  t.equal(find('deployments/web').image, `${SHOP}:1.0`);
  t.same(find('deployments/web').annotations, {});
});

t.test('an API server that is away while it goes back is waited for', async (t) => {
  const { job, state, gate, calls, clock } = makeWorld(badIfNew('crashes'));
  const before = structuredClone(state());
  let since: number | undefined;
  gate((call) => {
    const patches = calls.filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === null);
    if (call.method !== 'PATCH' || patches.length < 4) return undefined;
    since ??= clock.now();
    return clock.now() - since < 60_000 ? { cut: true } : undefined;
  });
  const end = await job();
  t.equal(end.code, 75, end.cause);
  t.match(end.out, 'asking again');
  t.same(state(), before);
});
