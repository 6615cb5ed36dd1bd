import t, { type Test } from 'tap';
import { splitLines } from '../../src/io/lines.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { followLog } from '../../src/kubernetes/follow-log.js';
import { ok } from '../../src/result.js';
import { fakeClock, testIo } from '../support/test-io.js';
import { type Call, type Reply, serve, status } from './scripted-api.js';

const at = (second: number, nanos = '000000000') => `2026-01-01T00:00:${String(second).padStart(2, '0')}.${nanos}Z`;
const line = (second: number, text: string, nanos?: string) => `${at(second, nanos)} ${text}\n`;

/** Follows a log that comes in these replies; `over` says how many of them come before the container has ended. */
async function follow(t: Test, replies: readonly Reply[], over: number, restarts = (_opened: number) => 0) {
  const calls: Call[] = [];
  const server = await serve(t, (call) => {
    calls.push(call);
    // The last reply is what a log says that is at its end, however often it is asked.
    return replies[Math.min(calls.length, replies.length) - 1] ?? status(500, '', 'no replies');
  });
  const clock = fakeClock();
  const client = openKubernetes({ server, tls: {}, credential: async () => ok({}) }, 'shop', testIo({ clock }));
  const lines: Uint8Array[] = [];
  const notes: string[] = [];
  const end = await followLog(client, {
    pod: 'p',
    container: 'web',
    clock,
    look: async () => ({ isOver: calls.length >= over, restarts: restarts(calls.length) }),
    onLines: (given) => {
      for (let start = 0; start < given.byteLength; ) {
        const end = given.indexOf(10, start);
        lines.push(given.subarray(start, end));
        start = end + 1;
      }
    },
    onNote: (note) => notes.push(note),
    over: new AbortController().signal,
    signal: new AbortController().signal,
  });
  return { end, calls, lines, notes, texts: lines.map((one) => Buffer.from(one).toString()) };
}

t.test('a cut stream is taken up again: no line is lost or repeated', async (t) => {
  const first = [line(10, 'one'), line(10, 'two'), line(11, 'three'), `${at(11)} fo`];
  const second = [line(10, 'one'), line(10, 'two'), line(11, 'three'), line(11, 'four'), line(12, 'five')];
  const last = [...second, line(13, 'six')];
  const { texts, calls, end } = await follow(
    t,
    [{ pieces: first, cut: true }, { pieces: second, cut: true }, { pieces: last }],
    2,
  );
  t.same(texts, ['one', 'two', 'three', 'four', 'five', 'six']);
  t.match(end, { ok: true });
  t.same(
    calls.map(({ query }) => query.get('sinceTime')),
    [null, '2026-01-01T00:00:06Z', '2026-01-01T00:00:07Z', '2026-01-01T00:00:08Z'],
  );
  t.same(
    calls.map(({ query }) => query.get('follow')),
    ['true', 'true', null, null],
    'and the end is read once more',
  );
});

t.test('equal lines, equal stamps and stamps out of order are kept apart', async (t) => {
  const lines = [line(10, 'same'), line(10, 'same'), line(12, 'out', '5'), line(11, 'err', '9'), line(11, 'same', '9')];
  const all = [...lines, line(10, 'same'), line(11, 'late', '8')];
  const { texts } = await follow(t, [{ pieces: lines, cut: true }, { pieces: all }], 1);
  t.same(texts, ['same', 'same', 'out', 'err', 'same', 'same', 'late']);
});

t.test('a log that was rotated in between goes on with what is left of it', async (t) => {
  const { texts } = await follow(
    t,
    [{ pieces: [line(10, 'a'), line(11, 'b')], cut: true }, { pieces: [line(11, 'b'), line(12, 'c')] }],
    1,
  );
  t.same(texts, ['a', 'b', 'c']);
});

t.test('bytes come as they are, in whatever pieces, and a last line without a newline too', async (t) => {
  const raw = Buffer.concat([Buffer.from(`${at(1)} `), Buffer.from([0xff, 0x00, 0x0d, 0xe3, 0x81]), Buffer.from('\n')]);
  const all = Buffer.concat([raw, Buffer.from(`${at(2)} \n${at(3)} é`), Buffer.from(' end')]);
  const pieces = [...all].map((byte) => Uint8Array.of(byte));
  const { lines } = await follow(t, [{ pieces }], 0);
  t.same(
    lines.map((one) => [...one]),
    [[0xff, 0x00, 0x0d, 0xe3, 0x81], [], [...Buffer.from('é end')]],
  );
});

t.test('a stream that ends while the container runs is no end; its unfinished line waits', async (t) => {
  const { texts } = await follow(
    t,
    [
      { pieces: [line(1, 'a'), `${at(2)} hal`] },
      status(500, '', 'kubelet'),
      { pieces: [line(1, 'a'), line(2, 'half')] },
    ],
    2,
  );
  t.same(texts, ['a', 'half']);
});

t.test('a log that is gone, or whose end never comes, is said', async (t) => {
  const gone = await follow(
    t,
    [{ pieces: [line(1, 'a')], cut: true }, status(404, 'NotFound', 'pods "p" not found')],
    1,
  );
  t.match(gone.end, { ok: false, error: { kind: 'not-found' } });
  const cut: Reply = { pieces: [line(1, 'a')], cut: true };
  const broken = await follow(
    t,
    Array.from({ length: 9 }, () => cut),
    0,
  );
  t.match(broken.end, { ok: false, error: { kind: 'unreachable' } });
  t.same(broken.texts, ['a']);
});

t.test('a half answer that ends in good order is not the end', async (t) => {
  const whole = [line(1, 'a'), line(2, 'b'), `${at(3)} no newline`];
  const { texts, calls, end } = await follow(t, [{ pieces: [line(1, 'a'), `${at(2)} `] }, { pieces: whole }], 0);
  t.match(end, { ok: true });
  t.same(texts, ['a', 'b', 'no newline']);
  t.equal(calls.length, 3, 'it was the end only when a reading brought nothing new');
});

t.test('what the kubelet says in the place of a log is not passed on as one', async (t) => {
  const said = 'failed to create fsnotify watcher: too many open files';
  const healed = await follow(t, [{ pieces: [line(1, 'a'), said] }, { pieces: [line(1, 'a'), line(2, 'b')] }], 1);
  t.same(healed.texts, ['a', 'b']);
  const never = await follow(t, [{ pieces: [said] }], 0);
  t.match(never.end, {
    ok: false,
    error: { kind: 'unreachable', message: `the end of the log of Pod "p" could not be read: ${said}` },
  });
  t.same(never.texts, []);
});

t.test('a container that was started anew before that was known: the line that it left comes first', async (t) => {
  const { texts } = await follow(
    t,
    [{ pieces: [line(1, 'a'), `${at(2)} b, and no newline`] }, { pieces: [line(3, 'c'), line(4, 'd')] }],
    2,
  );
  t.same(texts, ['a', 'b, and no newline', 'c', 'd']);
});

t.test('a kubelet and an API server that were just started', async (t) => {
  const { texts, end } = await follow(
    t,
    [
      { pieces: [line(1, 'a')], cut: true },
      status(404, 'NotFound', 'the server could not find the requested resource ( pods/log p)'),
      status(403, 'Forbidden', 'User "u" cannot get resource "pods/log" in API group ""'),
      { pieces: [line(1, 'a'), line(2, 'b')] },
    ],
    4,
  );
  t.match(end, { ok: true });
  t.same(texts, ['a', 'b']);
});

t.test('the rest of a long line that began before is left out', async (t) => {
  const long = line(10, 'x'.repeat(20_000));
  const first: Reply = { pieces: [long, line(16, 'a')], cut: true };
  const { texts } = await follow(t, [first, { pieces: ['x'.repeat(3616), '\n', line(16, 'a'), line(17, 'b')] }], 1);
  t.same(
    texts.map((one) => one.length),
    [20_000, 1, 1],
  );
});

t.test('a line without an end is given in parts, and taken up again in its middle', async (t) => {
  const MEBIBYTE = 2 ** 20;
  const pieces = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => Buffer.alloc(MEBIBYTE, 97 + from + n));
  const head = `${at(1)} `;
  const replies: readonly Reply[] = [
    { pieces: [line(0, 'first'), head, ...pieces(0, 6)], cut: true },
    { pieces: [line(0, 'first'), head, ...pieces(0, 11)], cut: true },
    { pieces: [line(0, 'first'), head, ...pieces(0, 12), '\n', line(2, 'last')] },
  ];
  const { texts, notes } = await follow(t, replies, 2);
  t.equal(texts[0], 'first');
  t.equal(texts.at(-1), 'last');
  const text = texts.slice(1, -1).join('');
  t.equal(text.length, 12 * MEBIBYTE);
  t.ok(
    pieces(0, 12).every((piece, n) => text[n * MEBIBYTE] === piece.toString('latin1')[0]),
    'in order',
  );
  t.equal(notes[0], '(a line of more than 2 MiB: it goes on below)');
  t.ok(texts.every((one) => one.length <= 6 * MEBIBYTE));
});

t.test('a container that was started anew: the end of its log before comes first', async (t) => {
  const { texts, calls } = await follow(
    t,
    [
      { pieces: [line(1, 'a')], cut: true },
      { pieces: [line(1, 'a'), `${at(2)} b, and no newline`] },
      { pieces: [line(3, 'c')] },
    ],
    2,
    (opened) => (opened > 0 ? 1 : 0),
  );
  t.same(texts, ['a', 'b, and no newline', 'c']);
  t.same(
    calls.slice(0, 3).map(({ query }) => query.get('previous')),
    [null, 'true', null],
  );
});

t.test('lines are cut at newlines only', async (t) => {
  const split = splitLines();
  const push = (text: string) => split.push(Buffer.from(text)).map((one) => Buffer.from(one).toString());
  t.same(push('a\r\n\nb'), ['a\r', '']);
  t.same(push('c'), []);
  t.same(push('\nd'), ['bc']);
  t.equal(Buffer.from(split.rest()).toString(), 'd');
});
