import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.js';
import { createLog } from '../src/log.js';
import { readVersion } from '../src/version.js';

const DATABASE_URL = 'postgres://shop:hunter2@db:5432/shop';

test('the defaults need only a database', () => {
  assert.deepEqual(readConfig({ DATABASE_URL }), {
    databaseUrl: DATABASE_URL,
    port: 8080,
    drainSeconds: 0,
    pollMilliseconds: 1000,
  });
});

test('numbers are read from the environment, an empty one counts as not set', () => {
  const config = readConfig({ DATABASE_URL, PORT: '3000', DRAIN_SECONDS: '5', POLL_MILLISECONDS: '' });
  assert.equal(config.port, 3000);
  assert.equal(config.drainSeconds, 5);
  assert.equal(config.pollMilliseconds, 1000);
});

test('every problem is told at once', () => {
  assert.throws(() => readConfig({ PORT: 'http', DRAIN_SECONDS: '61', POLL_MILLISECONDS: '1e3' }), {
    name: 'ConfigError',
    problems: [
      'DATABASE_URL is not set: expected postgres://user:password@host:5432/name',
      'PORT is "http": expected a whole number from 0 to 65535',
      'DRAIN_SECONDS is "61": expected a whole number from 0 to 60',
      'POLL_MILLISECONDS is "1e3": expected a whole number from 10 to 60000',
    ],
  });
});

test('a bad DATABASE_URL is not repeated in the message: it may hold a password', () => {
  for (const url of ['mysql://shop:hunter2@db/shop', 'shop:hunter2@db']) {
    assert.throws(
      () => readConfig({ DATABASE_URL: url }),
      (error) => error.name === 'ConfigError' && !error.message.includes('hunter2'),
    );
  }
});

test('the version is what the image was built with, or else that of package.json', async () => {
  assert.deepEqual(await readVersion({ APP_VERSION: '2.3.4', APP_COMMIT: 'abc', APP_IMAGE: 'shop@sha256:1' }), {
    version: '2.3.4',
    commit: 'abc',
    image: 'shop@sha256:1',
  });
  const unset = await readVersion({ APP_VERSION: '', APP_COMMIT: '' });
  assert.match(unset.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual([unset.commit, unset.image], [null, null]);
});

test('a log entry is one line of JSON, with the cause of an error', () => {
  const lines = [];
  const log = createLog({
    write: (line) => lines.push(line),
    fields: { service: 'web' },
    now: () => new Date(0),
  });
  log.info('order confirmed', { orderId: 7 });
  log.error('failed', { error: Object.assign(new Error('two\nlines'), { code: 'X' }) });
  assert.equal(
    lines[0],
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"order confirmed","service":"web","orderId":7}\n',
  );
  assert.equal(lines[1].indexOf('\n'), lines[1].length - 1);
  const { error, level } = JSON.parse(lines[1]);
  assert.deepEqual([level, error.message, error.code], ['error', 'two\nlines', 'X']);
});
