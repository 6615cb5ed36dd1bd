import t, { type Test } from 'tap';
import type { Clock } from '../../src/io/io.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { type Mirrored, openMirror } from '../../src/kubernetes/mirror.js';
import type { Metadata } from '../../src/kubernetes/objects.js';
import { pods } from '../../src/kubernetes/resources.js';
import { ok } from '../../src/result.js';
import { fakeClock, testIo } from '../support/test-io.js';
import { type Call, type Reply, type Script, serve, status } from './scripted-api.js';

type Plain = { readonly metadata: Metadata };

const pod = (name: string, version: number, more: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), ...more },
});
const list = (version: number, ...items: readonly object[]): Reply => ({
  json: { metadata: { resourceVersion: String(version) }, items },
});
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const added = (name: string, version: number, more?: object) => event('ADDED', pod(name, version, more));
const expired = event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' });

/** These pieces, then silence. */
async function* open(...pieces: readonly (string | Uint8Array)[]): AsyncIterable<string | Uint8Array> {
  yield* pieces;
  await new Promise(() => undefined);
}

/**
 * A mirror of a server that gives these replies one after the other, and then silence. `until` resolves when the names
 * in the mirror, each with its version, are these.
 */
async function mirror(
  t: Test,
  replies: readonly Reply[] | Script,
  more: Partial<Mirrored<Plain>> & { readonly clock?: Clock } = {},
) {
  const calls: Call[] = [];
  const server = await serve(t, (call) => {
    calls.push(call);
    if (typeof replies === 'function') return replies(call);
    return replies[calls.length - 1] ?? { pieces: open() };
  });
  const clock = more.clock ?? fakeClock();
  const client = openKubernetes({ server, tls: {}, credential: async () => ok({}) }, 'shop', testIo({ clock }));
  let look = () => {};
  const troubles: string[] = [];
  const made = openMirror<Plain>(client, {
    resource: pods,
    which: { labels: 'app=web' },
    clock,
    onChange: () => {
      troubles.push(made.trouble()?.error.kind ?? '');
      look();
    },
    signal: new AbortController().signal,
    ...more,
  });
  t.teardown(made.stop);
  const names = () =>
    [...(made.objects() ?? new Map<string, Plain>())].map(
      ([name, { metadata }]) => `${name}@${metadata.resourceVersion}`,
    );
  const when = (isSo: () => boolean) =>
    new Promise<void>((done) => {
      look = () => {
        if (isSo()) done();
      };
      look();
    });
  const until = (...wanted: readonly string[]) => when(() => names().join() === wanted.join());
  return { mirror: made, calls, troubles, until, when, clock };
}

const watches = (calls: readonly Call[]) =>
  calls.filter(({ query }) => query.has('watch')).map(({ query }) => query.get('resourceVersion'));

t.test('a list, then what changes', async (t) => {
  const pieces = open(
    added('b', 11),
    event('MODIFIED', pod('a', 12)),
    event('DELETED', pod('b', 13)),
    event('BOOKMARK', { metadata: { resourceVersion: '20' } }),
    added('c', 21),
  );
  const { mirror: made, calls, until } = await mirror(t, [list(10, pod('a', 5)), { pieces }]);
  t.equal(made.objects(), undefined, 'nothing is seen before the first list');
  await until('a@12', 'c@21');
  t.equal(made.trouble(), undefined);
  t.same(
    calls.map(({ query }) => Object.fromEntries(query)),
    [
      { limit: '100', labelSelector: 'app=web' },
      {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '300',
        labelSelector: 'app=web',
        resourceVersion: '10',
      },
    ],
  );
});

t.test('a watch that ends or is cut is taken up where it was', async (t) => {
  const bookmark = event('BOOKMARK', { metadata: { resourceVersion: '40' } });
  const { calls, until, troubles } = await mirror(t, [
    list(10, pod('a', 5)),
    { pieces: [added('b', 11)] },
    { pieces: [added('c', 12), '{"type":"ADDED","object":{"metad'], cut: true },
    { pieces: [bookmark] },
    { pieces: open(added('d', 41)) },
  ]);
  await until('a@5', 'b@11', 'c@12', 'd@41');
  t.same(watches(calls), ['10', '11', '12', '40']);
  t.equal(calls.length, 5, 'one list is enough');
  t.same(new Set(troubles), new Set(['']), 'none of it is trouble');
});

t.test('410: the objects are listed anew, and those that are gone are gone', async (t) => {
  const { calls, until } = await mirror(t, [
    list(10, pod('a', 5), pod('b', 6)),
    { pieces: [expired] },
    list(50, pod('b', 6)),
    status(410, 'Gone', 'too old resource version: 50 (90)'),
    list(95, pod('b', 91), pod('c', 92)),
    { pieces: open(added('d', 96)) },
  ]);
  await until('b@91', 'c@92', 'd@96');
  t.same(watches(calls), ['10', '50', '95']);
});

t.test('after a watch that fails the objects are read anew', async (t) => {
  const noLeader = event('ERROR', { kind: 'Status', code: 500, message: 'etcdserver: no leader' });
  const { calls, until, troubles, clock } = await mirror(t, [
    list(10, pod('a', 5)),
    status(429, 'TooManyRequests', 'too many requests'),
    list(20, pod('a', 15)),
    { cut: true },
    list(30, pod('a', 25)),
    { pieces: [added('b', 31), noLeader] },
    { cut: true },
    status(500, 'InternalError', 'etcdserver: request timed out'),
    list(40, pod('a', 35)),
    { pieces: open(added('b', 41)) },
  ]);
  await until('a@35', 'b@41');
  t.same(watches(calls), ['10', '20', '30', '40']);
  t.same(troubles, ['', 'other', '', 'unreachable', '', '', 'other', '', ''], 'the trouble is seen, and its end');
  const { slept } = clock as ReturnType<typeof fakeClock>;
  t.ok((slept.at(-1) ?? 0) > (slept[0] ?? 0), 'the pauses grow');
});

t.test('where no watch comes through, the objects are read again and again', async (t) => {
  const { calls, until } = await mirror(t, (call) =>
    call.query.has('watch')
      ? { pieces: ['<html>no streams here</html>'] }
      : list(calls.length, pod('a', calls.filter(({ query }) => !query.has('watch')).length)),
  );
  await until('a@9');
  t.equal(watches(calls).length, 3, 'it is tried a few times');
});

t.test('a first list that fails is read again; a refusal is final', async (t) => {
  const away = await mirror(t, [...Array<Reply>(8).fill({ cut: true }), list(10, pod('a', 5))]);
  await away.until('a@5');
  t.same(away.troubles.slice(0, 2), ['unreachable', '']);
  const rbac = 'pods is forbidden: User "ci" cannot list resource "pods" in API group "" in the namespace "shop"';
  const forbidden = await mirror(t, [status(403, 'Forbidden', rbac)]);
  await forbidden.when(() => forbidden.mirror.trouble() !== undefined);
  t.match(forbidden.mirror.trouble(), { isFinal: true, error: { kind: 'forbidden' } });
  t.equal(forbidden.mirror.objects(), undefined);
  t.equal(forbidden.calls.length, 1);
});

t.test('who may not watch has the objects read again and again', async (t) => {
  const rbac = 'pods is forbidden: User "ci" cannot watch resource "pods" in API group "" in the namespace "shop"';
  const { until, calls, clock, troubles } = await mirror(t, [
    list(10, pod('a', 5)),
    status(403, 'Forbidden', rbac),
    list(20, pod('a', 15)),
    list(30, pod('a', 15), pod('b', 25)),
  ]);
  await until('a@15', 'b@25');
  t.equal(watches(calls).length, 1, 'it is tried once');
  t.same(
    (clock as ReturnType<typeof fakeClock>).slept.filter((slept) => slept === 2000),
    [2000],
  );
  t.same(new Set(troubles), new Set(['']));
});

t.test('a watch that was allowed before is asked for again', async (t) => {
  const rbac = 'pods is forbidden: User "ci" cannot watch resource "pods" in API group "" in the namespace "shop"';
  const { until, calls } = await mirror(t, [
    list(10, pod('a', 5)),
    { pieces: [added('b', 11)] },
    status(403, 'Forbidden', rbac),
    list(20, pod('a', 5)),
    { pieces: open(added('c', 21)) },
  ]);
  await until('a@5', 'c@21');
  t.same(watches(calls), ['10', '11', '20']);
});

t.test('one object by its name takes no right to list', async (t) => {
  const {
    until,
    calls,
    mirror: made,
    when,
  } = await mirror(
    t,
    [
      { json: pod('web', 5) },
      { pieces: [added('web', 5), event('MODIFIED', pod('web', 8))] },
      { pieces: open(event('DELETED', pod('web', 9))) },
      { json: pod('web', 12) },
      { pieces: open(event('DELETED', pod('web', 13))) },
      status(404, 'NotFound', 'pods "web" not found'),
    ],
    { which: { name: 'web' } },
  );
  await until('web@12');
  t.match(calls[0]?.path, /\/pods\/web$/);
  t.equal(calls[1]?.query.get('fieldSelector'), 'metadata.name=web');
  t.same(
    calls.slice(1, 3).map(({ query }) => query.get('allowWatchBookmarks')),
    [null, 'true'],
    'with bookmarks, API servers whose etcd tells no progress refuse a watch from any version',
  );
  await when(() => made.trouble() !== undefined);
  t.match(made.trouble(), { isFinal: true, error: { kind: 'not-found' } });
  t.same(watches(calls), ['0', '8', '0']);
});

t.test('events come in whatever pieces, and may be large', async (t) => {
  const large = { annotations: { text: 'é'.repeat(1024 * 1024) } };
  const bytes = Buffer.from(added('ключ', 11) + added('b', 12, large) + added('c', 13));
  const pieces = [...bytes.subarray(0, 200)].map((byte) => Uint8Array.of(byte));
  const { until, mirror: made } = await mirror(t, [
    list(10),
    { pieces: open(...pieces, bytes.subarray(200, 1_000_001), bytes.subarray(1_000_001)) },
  ]);
  await until('ключ@11', 'b@12', 'c@13');
  t.equal(made.objects()?.get('b')?.metadata.annotations?.['text'], large.annotations.text);
});

t.test('what is no watch is not believed', async (t) => {
  const endless = Array<string>(40).fill('x'.repeat(1024 * 1024));
  for (const pieces of [['<html>\n'], ['null\n'], [event('SURPRISE', pod('x', 1))], endless]) {
    const { until, calls } = await mirror(t, [list(10), { pieces }, list(20), { pieces: open(added('a', 21)) }]);
    await until('a@21');
    t.same(watches(calls), ['10', '20']);
  }
});

t.test('only what is read of an object is kept', async (t) => {
  const { until } = await mirror(t, [list(10, pod('a', 5)), { pieces: open(added('b', 6)) }], {
    keep: ({ metadata }) => ({ metadata: { name: metadata.name ?? '', resourceVersion: 'kept' } }),
  });
  await until('a@kept', 'b@kept');
});

t.test('it can be stopped', async (t) => {
  const {
    mirror: made,
    until,
    calls,
    troubles,
  } = await mirror(t, [list(10, pod('a', 5)), { pieces: open(added('b', 11)) }]);
  await until('a@5', 'b@11');
  made.stop();
  await new Promise((done) => setTimeout(done, 50));
  t.equal(calls.length, 2);
  t.equal(made.trouble(), undefined);
  t.same(troubles, ['', '']);
});
