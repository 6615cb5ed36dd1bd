import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmUntilStopped } from '../src/confirm-loop.js';
import { createLog } from '../src/log.js';
import { workerRoutes } from '../src/worker-routes.js';

/** Runs the loop over the given turns, each a list of ids or an error, and stops it with the last. */
async function runTurns(turns) {
  const stop = new AbortController();
  const lines = [];
  const health = { turnAt: 0, ok: false };
  const seen = [];
  let time = 1000;
  const store = {
    confirmNewOrders: async () => {
      seen.push(health.ok);
      const turn = turns.shift();
      if (turns.length === 0) stop.abort();
      if (turn instanceof Error) throw turn;
      return turn;
    },
  };
  const log = createLog({ write: (line) => lines.push(JSON.parse(line)) });
  const now = () => {
    time += 1;
    return time;
  };
  await confirmUntilStopped({ store, log, signal: stop.signal, health, pollMilliseconds: 1, now });
  return { lines, health, seen };
}

test('every confirmed order is logged, also those of the turn in which it is stopped', async () => {
  const { lines } = await runTurns([['a', 'b'], [], ['c']]);
  assert.deepEqual(
    lines.map(({ message, orderId }) => [message, orderId]),
    [
      ['order confirmed', 'a'],
      ['order confirmed', 'b'],
      ['order confirmed', 'c'],
    ],
  );
});

test('a turn that fails is logged, makes it not ready, and the next one heals it', async () => {
  const { lines, health, seen } = await runTurns([[], new Error('no database'), [], []]);
  assert.deepEqual(seen, [false, true, false, true]);
  assert.deepEqual(health, { turnAt: 1004, ok: true });
  assert.deepEqual(
    lines.map(({ level, error }) => [level, error.message]),
    [['error', 'no database']],
  );
});

test('after a full batch it looks again at once', { timeout: 5000 }, async () => {
  const full = Array.from({ length: 20 }, (_, n) => `order-${n}`);
  const stop = new AbortController();
  let turns = 0;
  const store = {
    confirmNewOrders: async (limit) => {
      turns += 1;
      if (turns === 3) stop.abort();
      return full.slice(0, limit);
    },
  };
  const log = createLog({ write: () => {} });
  // A pause of an hour in between would run into the time limit of the test.
  await confirmUntilStopped({ store, log, signal: stop.signal, health: {}, pollMilliseconds: 3_600_000 });
  assert.equal(turns, 3);
});

test('the probes tell a stuck loop from one that fails', () => {
  const health = { turnAt: 1000, ok: false };
  let time = 2000;
  const routes = workerRoutes({ health, patienceMilliseconds: 5000, now: () => time });
  const ask = (path) => routes.find((route) => route.path === path).handle();
  assert.deepEqual(ask('/healthz').body, { status: 'ok', lastTurnMilliseconds: 1000 });
  assert.throws(() => ask('/readyz'), { status: 503, code: 'not_working' });
  health.ok = true;
  assert.deepEqual(ask('/readyz').body, { status: 'ready' });
  time = 6001;
  assert.throws(() => ask('/healthz'), { status: 503, code: 'stuck' });
});
