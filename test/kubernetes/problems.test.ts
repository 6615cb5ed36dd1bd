import t from 'tap';
import { formatVersion, isImageOf } from '../../src/kubernetes/image-match.js';
import { kinds } from '../../src/kubernetes/kinds/kinds.js';
import { readRollout } from '../../src/kubernetes/kinds/read-rollout.js';
import type { ContainerStatus, Event, Pod, PodSpec, Revision, Workload } from '../../src/kubernetes/objects.js';
import { makePatience } from '../../src/kubernetes/patience.js';
import { findPodProblems } from '../../src/kubernetes/pod-problems.js';
import { HEALING, type Problem, refusalProblem, SOON } from '../../src/kubernetes/problem.js';
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
const event = (reason: string, message: string, more: Partial<Event> = {}): Event => ({
  metadata: {},
  reason,
  message,
  involvedObject: {},
  ...more,
});
const of = (container: string) => ({ involvedObject: { fieldPath: `spec.containers{${container}}` } });
const withInit = (status: Partial<ContainerStatus>, more: object = {}): Pod => ({
  ...pod({ state: { waiting: { reason: 'PodInitializing' } } }),
  spec: { ...spec, restartPolicy: 'Never', initContainers: [{ name: 'init', ...more }] },
  status: { initContainerStatuses: [{ name: 'init', restartCount: 0, ...status }] },
});
const SIDECAR = { restartPolicy: 'Always' };
const unschedulable = (message: string, reason = 'Unschedulable'): Pod =>
  pod({}, { containerStatuses: [], conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] });
/** A life of a container, in seconds after some moment. */
const life = (from: number, to: number) => ({
  startedAt: new Date(from * 1000).toISOString(),
  finishedAt: new Date(to * 1000).toISOString(),
});

t.test('what a Pod suffers from, and how long it may', (t) => {
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
    ['registry hiccup', waiting('ErrImagePull', 'dial tcp: i/o timeout'), [], [[HEALING, /i\/o timeout/]]],
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
      [[HEALING, /cache/]],
    ],
    ['creating', waiting('ContainerCreating'), [], []],
    [
      'a volume',
      waiting('ContainerCreating'),
      [event('FailedMount', 'secret "tls" not found')],
      [[SOON, /FailedMount\): secret "tls" not found/]],
    ],
    [
      'a volume that is slow',
      waiting('ContainerCreating'),
      [event('FailedAttachVolume', 'Multi-Attach error for volume "data"')],
      [[HEALING, /FailedAttachVolume\): Multi-Attach/]],
    ],
    [
      'a volume that was slow, and now the image',
      waiting('ContainerCreating'),
      [event('FailedMount', 'secret "tls" not found'), event('Pulling', 'Pulling image "x"')],
      [],
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
      [[0, /exited with code 0, 3 times in a row, where it is to run for ever$/]],
    ],
    [
      'a crash after a long life',
      pod({ restartCount: 7, state: { terminated: { exitCode: 1, ...life(1, 602) } } }),
      [],
      [[Infinity, /exited with code 1$/]],
    ],
    ['a signal', pod({ state: exit(139) }), [], [[Infinity, /exited with code 139 \(SIGSEGV\)$/]]],
    [
      'no such command',
      pod({
        restartCount: 0,
        state: {
          terminated: {
            exitCode: 128,
            reason: 'StartError',
            message:
              'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/x": stat /x: no such file or directory: unknown',
          },
        },
      }),
      [],
      [[0, /could not be started: exec: "\/x": stat \/x: no such file or directory$/]],
    ],
    [
      'cannot be started for another reason',
      pod({
        restartCount: 2,
        state: { terminated: { exitCode: 128, reason: 'StartError', message: 'out of time', ...life(0, 1e9) } },
      }),
      [],
      [[0, /could not be started: out of time, 3 times in a row$/]],
    ],
    [
      'killed for its probe',
      pod({ restartCount: 2, lastState: { terminated: { exitCode: 0, ...life(100, 130) } } }),
      [
        event('Unhealthy', 'Liveness probe failed: deadlock\nin main', of('web')),
        event('Unhealthy', 'Liveness probe failed: quite another', of('proxy')),
        event('Killing', 'Container web failed liveness probe, will be restarted', {
          lastTimestamp: new Date(130_000).toISOString(),
        }),
      ],
      [
        [
          0,
          /was killed for its liveness probe \(exit code 0\), 3 times in a row: Liveness probe failed: deadlock in main$/,
        ],
      ],
    ],
    [
      'killed for its probe in another life',
      pod({ restartCount: 2, lastState: { terminated: { exitCode: 9, ...life(200, 230) } } }),
      [
        event('Killing', 'Container web failed liveness probe, will be restarted', {
          lastTimestamp: new Date(130_000).toISOString(),
        }),
      ],
      [[0, /exited with code 9, 3 times in a row$/]],
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
    [
      'being ended for its probe, while it runs and counts as ready',
      pod({ ready: true, state: { running: { startedAt: new Date(100_000).toISOString() } } }),
      [
        event('Unhealthy', 'Liveness probe failed: deadlock', of('web')),
        event('Killing', 'Container web failed liveness probe, will be restarted', {
          lastTimestamp: new Date(130_000).toISOString(),
        }),
      ],
      [[Infinity, /is being ended for its liveness probe: Liveness probe failed: deadlock$/]],
    ],
    [
      'ended for its probe in the life before, within the second in which this one began',
      pod({ ready: true, restartCount: 1, state: { running: { startedAt: new Date(130_000).toISOString() } } }),
      [
        event('Killing', 'Container web failed liveness probe, will be restarted', {
          lastTimestamp: new Date(130_000).toISOString(),
        }),
      ],
      [],
    ],
    [
      'a node that does not take it up',
      { metadata: { name: 'web-1' }, spec: { ...spec, nodeName: 'node-1' }, status: { phase: 'Pending' } },
      [event('Scheduled', 'Successfully assigned shop/web-1 to node-1')],
      [[Infinity, /^Pod web-1: its node node-1 has not taken it up$/]],
    ],
    [
      'a node that is lost',
      {
        ...pod({ ready: true, state: { running: {} } }, { conditions: [{ type: 'Ready', status: 'False' }] }),
        spec: { ...spec, nodeName: 'node-1' },
      },
      [event('Started', 'Started container web'), event('NodeNotReady', 'Node is not ready')],
      [[HEALING, /^Pod web-1: its node node-1 is not ready$/]],
    ],
    [
      'a node that was lost, and is back',
      {
        ...pod({ ready: true, state: { running: {} } }, { conditions: [{ type: 'Ready', status: 'True' }] }),
        spec: { ...spec, nodeName: 'node-1' },
      },
      [event('NodeNotReady', 'Node is not ready')],
      [],
    ],
    ['slow start', pod({ state: { running: {} } }), [], [[Infinity, /is not ready/]]],
    [
      'failing probe',
      pod({ state: { running: {} } }),
      [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500')],
      [[HEALING, /statuscode: 500/]],
    ],
    [
      'failing probe, and a hiccup of its connection',
      pod({ state: { running: {} } }),
      [
        event('Unhealthy', 'Readiness probe failed: connection refused'),
        { ...event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'), count: 21 },
        event('Unhealthy', 'Readiness probe failed: EOF'),
      ],
      [[HEALING, /statuscode: 500/]],
    ],
    [
      'not started yet, by its startup probe',
      pod({ state: { running: {} } }),
      [event('Unhealthy', 'Startup probe failed: still loading', of('web'))],
      [[Infinity, /Startup probe failed: still loading$/]],
    ],
    [
      'the probe of another container',
      pod({ state: { running: {} } }),
      [event('Unhealthy', 'Readiness probe failed: x', of('proxy'))],
      [[Infinity, /it runs, but is not ready$/]],
    ],
    [
      'a readiness gate',
      pod(
        { ready: true, state: { running: {} } },
        {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'gate "x" is shut.' },
          ],
        },
      ),
      [],
      [[HEALING, /^Pod web-1 is not ready, though its containers are: gate "x" is shut$/]],
    ],
    [
      'no node',
      unschedulable('0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 no.'),
      [],
      [[HEALING, /finds no node: 0\/3 nodes are available: 3 Insufficient cpu$/]],
    ],
    [
      'no volume claim',
      unschedulable('0/1 nodes are available: persistentvolumeclaim "data" not found. not found'),
      [],
      [[SOON, /persistentvolumeclaim "data" not found$/]],
    ],
    ['a gate of scheduling', unschedulable('', 'SchedulingGated'), [], [[Infinity, /is held back/]]],
    [
      'a node that an autoscaler adds',
      unschedulable('0/3 nodes'),
      [event('NotTriggerScaleUp', 'no'), event('TriggeredScaleUp', 'pod triggered scale-up: [{ng 1->2 (max: 3)}]')],
      [[Infinity, /0\/3 nodes; the autoscaler adds one: pod triggered scale-up: \[\{ng/]],
    ],
    [
      'a node that Karpenter adds',
      unschedulable('0/3 nodes'),
      [event('Nominated', 'Pod should schedule on: nodeclaim/default-x')],
      [[Infinity, /the autoscaler adds one: Pod should schedule on: nodeclaim/]],
    ],
    [
      'a node that no autoscaler adds',
      unschedulable('0/3 nodes'),
      [
        event('TriggeredScaleUp', 'yes'),
        event('NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size"),
      ],
      [[60_000, /0\/3 nodes; the autoscaler adds none: pod didn't trigger/]],
    ],
    [
      'a node that Karpenter does not add',
      unschedulable('0/3 nodes'),
      [event('FailedScheduling', 'Failed to schedule pod, incompatible with nodepool "default"')],
      [[60_000, /the autoscaler adds none: Failed to schedule pod, incompatible/]],
    ],
    ['evicted', pod({ restartCount: 9, state: exit(137) }, { phase: 'Failed', reason: 'Evicted' }), [], []],
    ['being deleted', { ...waiting('InvalidImageName'), metadata: { name: 'x', deletionTimestamp: 'now' } }, [], []],
    ['init container done', withInit({ restartCount: 3, state: exit(0, 'Completed'), lastState: exit(1) }), [], []],
    [
      'init container crashes',
      { ...pod({}), status: { initContainerStatuses: [{ name: 'init', restartCount: 2, state: exit(1) }] } },
      [],
      [[0, /container "init" .* code 1/]],
    ],
    [
      'init container at work',
      withInit({ state: { running: {} } }),
      [],
      [[Infinity, /^init container "init" of Pod web-1 has not/]],
    ],
    [
      'a sidecar crashes, in the Pod of a Job too',
      withInit({ restartCount: 2, state: exit(0, 'Completed') }, SIDECAR),
      [],
      [[0, /^sidecar "init" of Pod web-1 exited with code 0, 3 times in a row/]],
    ],
    ['a sidecar runs', withInit({ started: true, ready: false, state: { running: {} } }, SIDECAR), [], []],
    [
      'a sidecar starts',
      withInit({ started: false, ready: false, state: { running: {} } }, SIDECAR),
      [event('Unhealthy', 'Startup probe failed: no', { involvedObject: { fieldPath: 'spec.initContainers{init}' } })],
      [[Infinity, /^sidecar "init" of Pod web-1: Startup probe failed: no$/]],
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
    grace: 60_000,
    cause: 'no Pod can be made: pods "x"',
  });
  const tooSmall =
    'exceeded quota: q, requested: requests.memory=64Mi, used: requests.memory=0, limited: requests.memory=16Mi';
  t.match(refusalProblem(`pods "x" is forbidden: ${tooSmall}`), { grace: 0 });
  t.match(refusalProblem(`pods "x" is forbidden: ${tooSmall.replace('=0,', '=1Mi,')}`), { grace: 60_000 });
  t.match(refusalProblem('pods "x" is forbidden: error looking up service account a/b: serviceaccount "b" not found'), {
    grace: SOON,
  });
  t.match(refusalProblem('pods "x" is forbidden: status unknown for quota: q, resources: pods'), { grace: SOON });
  t.match(refusalProblem('pods "x" is forbidden: failed quota: q: must specify requests.cpu'), { grace: 0 });
  t.match(refusalProblem('pods "x" is forbidden: violates PodSecurity "restricted:latest"'), { grace: 0 });
  t.match(refusalProblem('admission webhook "policy" denied the request: no'), { grace: 0 });
  t.match(refusalProblem('Internal error occurred: failed calling webhook "policy": service "policy" not found'), {
    grace: HEALING,
  });
  t.end();
});

t.test('patience counts time without a break', async (t) => {
  const clock = fakeClock();
  const patience = makePatience(clock, 60_000);
  const problem = (reason: string, grace: number, name = 'p'): Problem => ({ cause: reason, reason, grace, pod: name });
  const pull = (word: string, name?: string) => problem(word, HEALING, name);
  t.match(patience.weigh([pull('ErrImagePull')]), { fresh: [{ reason: 'ErrImagePull' }], due: undefined });
  await clock.sleep(40_000);
  t.match(patience.weigh([pull('ImagePullBackOff')]), { fresh: [], due: undefined }, 'one failure, two words');
  t.same(patience.weigh([pull('ImagePullBackOff'), pull('ErrImagePull', 'q')]).fresh, [], 'one failure of two Pods');
  await clock.sleep(20_000);
  t.match(patience.weigh([pull('ImagePullBackOff')]), { due: { cause: 'ImagePullBackOff (for 60 s)', pod: 'p' } });
  t.match(patience.weigh([]), { due: undefined });
  t.match(patience.weigh([pull('ImagePullBackOff')]), { fresh: [], due: undefined }, 'healed in between');
  t.match(patience.weigh([problem('x', Infinity), problem('y', 0)]), { due: { cause: 'y', reason: 'y' } });
  t.match(patience.weigh([problem('z', 90_000)]), { due: undefined });
  await clock.sleep(60_000);
  t.match(patience.weigh([problem('z', 90_000)]), { due: { cause: 'z (for 60 s)' } }, 'no longer than the user says');
  patience.weigh([problem('x', Infinity)]);
  await clock.sleep(1e9);
  t.match(patience.weigh([problem('x', Infinity), problem('NotReady', Infinity)]), { fresh: [], due: undefined });
  t.match(patience.weigh([problem('x', HEALING)]), { due: undefined }, 'with another grace it is another problem');
  t.equal(patience.weigh([problem('x', HEALING)]).due, undefined);
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
  const evict = (message: string): Pod => ({
    ...podOf('new'),
    status: { phase: 'Failed', reason: 'Evicted', message },
  });
  const low = evict('The node was low on resource: memory.');
  const greedy = evict('Pod ephemeral local storage usage exceeds the total limit of containers 1Mi.');
  const putOut = (...out: readonly Pod[]) => read(deployment(full), sets, [...pods, ...out]).problems;
  t.match(putOut(low, low, low, low), [{ reason: 'Evicted', grace: Infinity, cause: /and 3 before it were put out/ }]);
  t.match(putOut(greedy, low), [
    { grace: Infinity, cause: /and 1 before it were put out by the node \(Evicted\): Pod/ },
  ]);
  t.match(putOut(greedy), [{ grace: Infinity, cause: /^Pod p-new was put out by the node/ }]);
  t.match(putOut(greedy, greedy, greedy), [{ grace: 0 }], 'again and again');

  const refused = (
    message: string,
    {
      made = 0,
      old = 0,
      ending = false,
      spec: more = {},
    }: Partial<Record<'made' | 'old', number>> & {
      readonly ending?: boolean;
      readonly spec?: Partial<Workload['spec']>;
    },
  ) => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'True' as const, message: `pods "x" is forbidden: ${message}` },
    ];
    const given = deployment({ replicas: made + old, updatedReplicas: made, availableReplicas: made + old });
    const gone = { ...podOf('old'), metadata: { name: 'p', deletionTimestamp: 'now' } };
    const { problems } = read(
      { ...given, spec: { ...given.spec, ...more } },
      [set('new', 'ghcr.io/acme/shop:1', { status: { replicas: made, conditions } })],
      ending ? [gone] : [],
    );
    return problems.map(({ grace }) => grace);
  };
  const quota = 'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2';
  t.same(refused('violates PodSecurity', {}), [0]);
  t.same(refused('violates PodSecurity', { made: 1 }), [0]);
  t.same(refused(quota, {}), [60_000], 'whoever has the room is somebody else');
  t.same(refused(quota, { old: 2 }), [15_000], 'no old Pod goes before a new one is ready');
  t.same(refused(quota, { old: 2, spec: { replicas: 4 } }), [60_000], 'one in four goes first');
  t.same(refused(quota, { old: 2, spec: { strategy: { type: 'Recreate' } } }), [60_000]);
  t.same(
    refused(quota, { old: 2, spec: { strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } } }),
    [60_000],
  );
  t.same(refused(quota, { old: 1, ending: true }), [HEALING], 'its old Pods are just ending');
  t.same(refused(quota, { made: 1, old: 1 }), [Infinity], 'slow, not stuck');
  t.same(refused(quota, { made: 1 }), [HEALING], 'no old Pod is left to make room');
  t.end();
});

t.test('a StatefulSet waits for a Pod of the old version that is broken', (t) => {
  const ready = (status: 'True' | 'False') => ({ conditions: [{ type: 'Ready', status }] });
  const podOf = (hash: string, status: 'True' | 'False'): Pod => ({
    metadata: { name: `web-${hash}`, labels: { 'controller-revision-hash': hash }, ownerReferences: [{ uid: 's' }] },
    spec,
    status: ready(status),
  });
  const read = (found: readonly Pod[], more: Partial<Workload['spec']> = {}) =>
    readRollout(
      'statefulset',
      {
        metadata: { name: 'web', namespace: 'shop', uid: 's' },
        spec: { replicas: 2, ...more },
        status: { updateRevision: 'new', replicas: 2 },
      },
      { pods: found, revisions: [], events: [] },
    ).problems;
  const cause =
    'Pod web-old of the version before is not ready, and until it is or is deleted (kubectl -n shop delete pod web-old) no Pod is replaced';
  t.match(read([podOf('old', 'False')]), [{ cause, grace: HEALING }]);
  t.same(read([podOf('old', 'True'), podOf('new', 'False')]), []);
  t.same(read([podOf('old', 'False')], { podManagementPolicy: 'Parallel' }), []);
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

t.test('a Rollout that takes its Pods from another workload is refused', (t) => {
  const rollout = { metadata: { name: 'shop' }, spec: { workloadRef: { kind: 'Deployment', name: 'web' } } };
  t.same(kinds.rollout.findObstacle(rollout, 'shop'), {
    cause: 'takes its Pods from deployment/web (workloadRef), which is not supported',
    next: 'Move the template of deployment/web into the Rollout, in the place of workloadRef.',
  });
  t.end();
});
