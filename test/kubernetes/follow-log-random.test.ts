import t from 'tap';
import { openKubernetes } from '../../src/kubernetes/client.js';
import { followLog } from '../../src/kubernetes/follow-log.js';
import { ok } from '../../src/result.js';
import { fakeClock, testIo } from '../support/test-io.js';
import { kubeletLog, type LogRecord } from './kubelet-log.js';
import { inProcess, type Reply } from './scripted-api.js';

/**
 * Logs of random lines, cut at random bytes, with random rotations, read as the kubelet reads them: each line comes once
 * and in order.
 */

const ROUNDS = 200;
const START = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** Numbers from 0 up to `below`, the same ones for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Records whose stamps go on by nanoseconds or by seconds, stand still, or swap with a neighbour. */
function makeRecords(pick: (below: number) => number): LogRecord[] {
  const records: LogRecord[] = [];
  let nanos = 0;
  for (let line = 0; line < 5 + pick(60); line++) {
    const parts = pick(4) === 0 ? 1 + pick(5) : 1;
    for (let part = 1; part <= parts; part++) {
      nanos += [0, 1, 1000, 400_000_000, 2_000_000_000][pick(5)] ?? 0;
      const at = { second: START + Math.floor(nanos / 1e9), nano: nanos % 1e9 };
      records.push({ ...at, isPartial: part < parts, text: `${line}.${part}${'-'.repeat(pick(8))}` });
    }
  }
  for (let at = 1; at + 1 < records.length; at += 3) {
    const [one, two] = [records[at], records[at + 1]];
    if (one === undefined || two === undefined || pick(3) > 0) continue;
    records[at] = { ...one, second: two.second, nano: two.nano };
    records[at + 1] = { ...two, second: one.second, nano: one.nano };
  }
  if (pick(3) === 0) {
    const last = records.pop();
    if (last !== undefined) records.push({ ...last, isPartial: true });
  }
  return records;
}

/** Records from which a file can begin: whole lines that are stamped after all before them. */
function isBoundary(records: readonly LogRecord[], at: number): boolean {
  const stamp = (record: LogRecord) => (record.second - START) * 1e9 + record.nano;
  const [before, own] = [records.slice(0, at), records[at]];
  return own !== undefined && before.at(-1)?.isPartial === false && before.every((one) => stamp(one) < stamp(own));
}

async function follow(seed: number): Promise<{ expected: string; given: string }> {
  const pick = random(seed);
  const records = makeRecords(pick);
  const whole = kubeletLog(records, 0, false);
  let written = 0;
  let fileStart = 0;
  let given = '';
  let openings = 0;
  const answer = (query: URLSearchParams): Reply => {
    openings++;
    const isLast = query.get('follow') === null;
    written = isLast ? records.length : Math.min(records.length, written + 1 + pick(20));
    // What the follower has is at least what was given: the file may be rotated up to there.
    const have = records.findIndex((_, at) => kubeletLog(records.slice(0, at + 1), 0, false).length > given.length);
    const starts = records.map((_, at) => at).filter((at) => at <= have && at > fileStart && isBoundary(records, at));
    if (starts.length > 0 && pick(3) === 0) fileStart = starts[pick(starts.length)] ?? fileStart;
    const since = query.get('sinceTime');
    const text = kubeletLog(
      records.slice(fileStart, written),
      since === null ? 0 : Date.parse(since) / 1000,
      query.get('timestamps') === 'true',
    );
    const cut = openings < 30 && pick(4) > 0 ? pick(text.length + 1) : text.length;
    const pieces: string[] = [];
    for (let at = 0; at < cut; ) {
      const end = Math.min(cut, at + 1 + pick(40));
      pieces.push(text.slice(at, end));
      at = end;
    }
    return { pieces, ...(cut < text.length ? { cut: true } : {}) };
  };
  const clock = fakeClock();
  const io = testIo({ clock, http: inProcess(({ query }) => answer(query)) });
  const client = openKubernetes({ server: 'http://api', tls: {}, credential: async () => ok({}) }, 'shop', io);
  await followLog(client, {
    pod: 'p',
    container: 'web',
    clock,
    look: async () => ({ isOver: written === records.length && openings > 3, restarts: 0 }),
    onLines: (lines) => {
      given += Buffer.from(lines).toString();
    },
    onNote: () => undefined,
    over: new AbortController().signal,
    signal: new AbortController().signal,
  });
  return { expected: whole.endsWith('\n') || whole === '' ? whole : `${whole}\n`, given };
}

t.test('whatever is cut or rotated, each line comes once and in order', async (t) => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const { expected, given } = await follow(seed);
    if (given === expected) continue;
    t.equal(given, expected, `seed ${seed}`);
    return;
  }
  t.pass(`${ROUNDS} logs`);
});
