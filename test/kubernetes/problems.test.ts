import t from 'tap';
import { formatVersion, isImageOf } from '../../src/kubernetes/image-match.js';
import { readRollout } from '../../src/kubernetes/kinds/read-rollout.js';
import type { ContainerStatus, Event, Pod, PodSpec, Revision, Workload } from '../../src/kubernetes/objects.js';
import { makePatience } from '../../src/kubernetes/patience.js';
import { findPodProblems } from '../../src/kubernetes/pod-problems.js';
import { HEALING, type Problem, refusalProblem } from '../../src/kubernetes/problem.js';
import { formatSelector } from '../../src/kubernetes/selector.js';
import { parseWorkloads } from '../../src/workload.js';
import { fakeClock } from '../support/test-io.js';

const spec: PodSpec = { containers: [{ name: 'web', image: 'ghcr.io/acme/shop:1' }] };
const pod = (status: Partial<ContainerStatus>, more: Pod['status'] = {}): Pod => ({
  metadata: { name: 'web-1' },
  spec,
  status: { containerStatuses: [{ name: 'web', restartCount: 0, ready: false, ...status }], ...more },
});
const waiting = (reason: string, message = ''): Pod => pod({ state: { waiting: { reason, message } } });
const event = (reason: string, message: string): Event => ({ metadata: {}, reason, message, involvedObject: {} });

t.test('what a Pod suffers from, and how long it may', (t) => {
  const soon = HEALING;
  const exit = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason } });
  const cases: readonly (readonly [string, Pod, readonly Event[], readonly (readonly [number, RegExp])[]])[] = [
    [
      'manifest unknown',
      waiting('ErrImagePull', 'rpc error: code = NotFound desc = failed to resolve reference "x": x: not found'),
      [],
      [[0, /cannot be pulled: x: not found$/]],
    ],
    [
      'denied',
      waiting('ImagePullBackOff', 'Back-off pulling image "x": ErrImagePull: pull access denied'),
      [],
      [[0, /pull access denied/]],
    ],
    ['registry hiccup', waiting('ErrImagePull', 'dial tcp: i/o timeout'), [], [[soon, /i\/o timeout/]]],
    ['bad name', waiting('InvalidImageName', 'invalid reference format'), [], [[0, /InvalidImageName/]]],
    ['never pull', waiting('ErrImageNeverPull', 'not present'), [], [[0, /ErrImageNeverPull/]]],
    [
      'missing key',
      waiting('CreateContainerConfigError', "couldn't find key url in Secret shop/db"),
      [],
      [[0, /key url/]],
    ],
    [
      'kubelet cache',
      waiting('CreateContainerConfigError', 'failed to sync secret cache: timed out'),
      [],
      [[soon, /cache/]],
    ],
    ['creating', waiting('ContainerCreating'), [], []],
    [
      'a volume',
      waiting('ContainerCreating'),
      [event('FailedMount', 'secret "tls" not found')],
      [[soon, /FailedMount\): secret "tls" not found/]],
    ],
    ['first crash', pod({ state: exit(1) }), [], [[Infinity, /exited with code 1$/]]],
    [
      'second crash',
      pod({ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: exit(1) }),
      [],
      [[Infinity, /code 1/]],
    ],
    [
      'third crash',
      pod({ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: exit(3) }),
      [],
      [[0, /exited with code 3, 3 times in a row/]],
    ],
    [
      'ends by itself again and again',
      pod({ restartCount: 2, state: exit(0, 'Completed') }),
      [],
      [[0, /exited with code 0, 3 times/]],
    ],
    [
      'out of memory',
      pod({ restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: exit(137, 'OOMKilled') }),
      [],
      [[0, /out of memory/]],
    ],
    [
      'up again after restarts',
      pod({ restartCount: 5, ready: true, state: { running: {} }, lastState: exit(1) }),
      [],
      [],
    ],
    ['slow start', pod({ state: { running: {} } }), [], [[Infinity, /is not ready/]]],
    [
      'failing probe',
      pod({ state: { running: {} } }),
      [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500')],
      [[Infinity, /statuscode: 500/]],
    ],
    [
      'no node',
      pod(
        {},
        {
          containerStatuses: [],
          conditions: [
            { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' },
          ],
        },
      ),
      [],
      [[Infinity, /finds no node: 0\/3 nodes/]],
    ],
    ['evicted', pod({ restartCount: 9, state: exit(137) }, { phase: 'Failed', reason: 'Evicted' }), [], []],
    ['being deleted', { ...waiting('InvalidImageName'), metadata: { name: 'x', deletionTimestamp: 'now' } }, [], []],
    [
      'init container done',
      {
        ...pod({ state: { waiting: { reason: 'PodInitializing' } } }),
        status: {
          initContainerStatuses: [{ name: 'init', restartCount: 3, state: exit(0, 'Completed'), lastState: exit(1) }],
        },
      },
      [],
      [],
    ],
    [
      'init container crashes',
      { ...pod({}), status: { initContainerStatuses: [{ name: 'init', restartCount: 2, state: exit(1) }] } },
      [],
      [[0, /container "init" .* code 1/]],
    ],
  ];
  for (const [name, given, events, expected] of cases) {
    const found = findPodProblems(given, events);
    t.equal(found.length, expected.length, `${name}: ${JSON.stringify(found)}`);
    for (const [at, [grace, cause]] of expected.entries()) {
      t.equal(found[at]?.grace, grace, name);
      t.match(found[at]?.cause, cause, name);
    }
  }
  t.end();
});

t.test('why no Pod can be made', (t) => {
  t.match(refusalProblem('Error creating: pods "x" is forbidden: exceeded quota: q'), {
    grace: 15_000,
    cause: 'no Pod can be made: pods "x"',
  });
  t.match(refusalProblem('pods "x" is forbidden: violates PodSecurity "restricted:latest"'), { grace: 0 });
  t.match(refusalProblem('admission webhook "policy" denied the request: no'), { grace: 0 });
  t.match(refusalProblem('Internal error occurred: failed calling webhook "policy": connection refused'), {
    grace: HEALING,
  });
  t.end();
});

t.test('patience counts time without a break', async (t) => {
  const clock = fakeClock();
  const patience = makePatience(clock);
  const problem = (reason: string, grace: number): Problem => ({ cause: reason, reason, grace, pod: 'p' });
  t.match(patience.weigh([problem('ErrImagePull', 60_000)]), { fresh: [{ reason: 'ErrImagePull' }], due: undefined });
  await clock.sleep(40_000);
  t.match(
    patience.weigh([problem('ImagePullBackOff', 60_000)]),
    { fresh: [], due: undefined },
    'one failure, two words',
  );
  await clock.sleep(20_000);
  t.match(patience.weigh([problem('ImagePullBackOff', 60_000)]), { due: { reason: 'ImagePullBackOff' } });
  t.match(patience.weigh([]), { due: undefined });
  t.match(patience.weigh([problem('ImagePullBackOff', 60_000)]), { fresh: [{}], due: undefined }, 'healed in between');
  t.match(patience.weigh([problem('x', Infinity), problem('y', 0)]), { due: { reason: 'y' } });
  t.end();
});

t.test('how far a rollout is', (t) => {
  const template = { metadata: { labels: { app: 'web' } }, spec };
  const deployment = (status: Workload['status'], replicas = 2): Workload => ({
    metadata: { name: 'web', uid: 'd', generation: 2 },
    spec: { replicas, selector: {}, template },
    status: { observedGeneration: 2, ...status },
  });
  const set = (uid: string, image: string, more: Partial<Revision> = {}): Revision => ({
    metadata: { name: uid, uid, ownerReferences: [{ uid: 'd' }] },
    spec: {
      template: {
        metadata: { labels: { app: 'web', 'pod-template-hash': uid } },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
    ...more,
  });
  const sets = [set('old', 'ghcr.io/acme/shop:0'), set('new', 'ghcr.io/acme/shop:1')];
  const podOf = (owner: string): Pod => ({ metadata: { name: `p-${owner}`, ownerReferences: [{ uid: owner }] }, spec });
  const pods = [podOf('old'), podOf('new'), podOf('new')];
  const evicted: Pod = { ...podOf('new'), status: { phase: 'Failed', reason: 'Evicted' } };

  const read = (workload: Workload, revisions: readonly Revision[], seen: readonly Pod[]) =>
    readRollout('deployment', workload, { pods: seen, revisions, events: [] });
  const done = read(deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }), sets, [...pods, evicted]);
  t.match(done, {
    isComplete: true,
    progress: '2 of 2 replicas updated, 2 available',
  });
  t.same(
    done.pods.map((one) => one.metadata.name),
    ['p-new', 'p-new'],
    'a broken old Pod, or one that was put out, is not held against the new ones',
  );
  const incomplete = (status: Workload['status'], why: string) =>
    t.equal(read(deployment(status), sets, pods).isComplete, false, why);
  incomplete(
    { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    'status of the generation before',
  );
  incomplete({ replicas: 3, updatedReplicas: 2, availableReplicas: 3 }, 'an old Pod is left');
  incomplete({ replicas: 2, updatedReplicas: 1, availableReplicas: 2 }, 'one is not updated');
  incomplete({ replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, 'one is not available');
  const full = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  t.equal(read(deployment(full), sets, pods.slice(1, 2)).isComplete, false, 'a Pod that nobody sees');
  const paused = deployment({ ...full, updatedReplicas: 1 });
  t.match(read({ ...paused, spec: { ...paused.spec, paused: true } }, sets, pods).problems, [
    { reason: 'Paused', cause: /is paused, so its rollout does not go on/, grace: Infinity },
  ]);
  t.equal(read(deployment({}, 0), sets, []).isComplete, true, 'zero replicas');
  t.equal(read(deployment({}, 0), [], []).isComplete, false, 'no ReplicaSet yet');
  const late = read(
    deployment({ conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }),
    sets,
    [],
  );
  t.match(late.problems, [{ reason: 'ProgressDeadlineExceeded', grace: 0 }]);
  const failure = {
    conditions: [
      { type: 'ReplicaFailure', status: 'True' as const, message: 'pods "x" is forbidden: violates PodSecurity' },
    ],
  };
  const refused = (replicas: number) =>
    read(deployment({}), [set('new', 'ghcr.io/acme/shop:1', { status: { replicas, ...failure } })], []);
  t.match(refused(0).problems, [{ reason: 'FailedCreate', grace: 0 }]);
  t.match(
    refused(1).problems,
    [{ reason: 'FailedCreate', grace: Infinity }],
    'with some Pods made it is slow, not stuck',
  );
  t.end();
});

t.test('names', (t) => {
  t.same(parseWorkloads('deployment/web, deployment/worker'), {
    ok: true,
    value: [
      { kind: 'deployment', name: 'web' },
      { kind: 'deployment', name: 'worker' },
    ],
  });
  t.match(parseWorkloads('web,deployment/a,deployment/a,pod/db,statefulset/db,'), {
    ok: false,
    error: [/"web" is not a workload/, '"deployment/a" is named twice', /"pod\/db" is not/, /"" is not/],
  });
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'x', operator: 'Exists' },
      { key: 'y', operator: 'DoesNotExist' },
      { key: 'z', operator: 'NotIn', values: ['c'] },
    ],
  };
  t.equal(formatSelector(selector), 'app=web,tier in (a,b),x,!y,z notin (c)');
  const digest = `sha256:${'a'.repeat(64)}`;
  t.equal(formatVersion(`ghcr.io/acme/shop:1@${digest}`), 'sha256:aaaaaaaaaaaa..');
  t.equal(formatVersion('ghcr.io/acme/shop:1'), '1');
  t.equal(formatVersion('nginx'), 'latest');
  const shop = { host: 'ghcr.io', path: 'acme/shop' };
  t.equal(isImageOf({ name: 'x', image: `ghcr.io/acme/shop:1@${digest}` }, shop), true);
  t.equal(isImageOf({ name: 'x', image: 'ghcr.io/acme/shop-admin:1' }, shop), false);
  t.equal(isImageOf({ name: 'x', image: 'acme/shop' }, shop), false);
  t.equal(isImageOf({ name: 'x', image: 'nginx' }, { host: 'docker.io', path: 'library/nginx' }), true);
  t.end();
});
