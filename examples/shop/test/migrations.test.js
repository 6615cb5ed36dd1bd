import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { planMigrations } from '../src/migrations/plan.js';
import { checksumOf, numberOf, readMigrationFiles } from '../src/migrations/read-files.js';
import { runMigrations } from '../src/migrations/run.js';

const file = (name, sql = `-- ${name}`) => ({ name, number: numberOf(name), sql, checksum: checksumOf(sql) });
const row = ({ name, checksum }) => ({ name, checksum });
const one = file('001_products.sql');
const two = file('002_orders.sql');
const three = file('003_status.sql');

async function inFolder(t, contents) {
  const folder = await mkdtemp(join(tmpdir(), 'shop-migrations-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(contents)) await writeFile(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

test('the migrations of this project can be applied to an empty database', async () => {
  const files = await readMigrationFiles(new URL('../migrations/', import.meta.url));
  assert.ok(files.length >= 3);
  assert.deepEqual(planMigrations(files, []).pending, files);
});

test('files are read in the order of their numbers, and only .sql files', async (t) => {
  const folder = await inFolder(t, { '010_j.sql': 'J', '002_b.sql': 'B', '001_a.sql': 'A', 'README.md': '' });
  const files = await readMigrationFiles(folder);
  assert.deepEqual(
    files.map(({ name, number, sql }) => [name, number, sql]),
    [
      ['001_a.sql', 1, 'A'],
      ['002_b.sql', 2, 'B'],
      ['010_j.sql', 10, 'J'],
    ],
  );
});

test('a .sql file without a number is refused, not skipped', async (t) => {
  const folder = await inFolder(t, { '001_a.sql': 'A', '2_b.sql': 'B', 'fix.sql': 'C' });
  await assert.rejects(readMigrationFiles(folder), {
    name: 'MigrationError',
    message: /^2_b\.sql: expected a name .*\nfix\.sql: expected a name /,
  });
});

test('the checksum does not depend on line ends', () => {
  assert.equal(checksumOf('a\r\nb\r\n'), checksumOf('a\nb\n'));
  assert.notEqual(checksumOf('a\nb\n'), checksumOf('a\nb'));
});

test('only what is not applied is pending, in order', () => {
  assert.deepEqual(planMigrations([one, two, three], [row(one)]), { pending: [two, three], ahead: [] });
  assert.deepEqual(planMigrations([one], [row(one)]), { pending: [], ahead: [] });
});

test('a database that is ahead of this release is left as it is', () => {
  assert.deepEqual(planMigrations([one, two], [row(one), row(two), row(three)]), {
    pending: [],
    ahead: ['003_status.sql'],
  });
});

for (const [title, files, applied, message] of [
  ['a changed file', [one, two], [{ ...row(one), checksum: 'other' }], /^001_products\.sql was changed after/],
  ['a gap in the numbers', [one, three], [], /^003_status\.sql: expected number 002 here/],
  ['numbers that do not start at 1', [two], [], /^002_orders\.sql: expected number 001 here/],
  ['one number twice', [one, file('001_other.sql')], [], /^001_other\.sql has the same number as 001_products\.sql/],
  ['an applied file that is gone', [one, two], [row(one), row(file('002_old.sql'))], /^002_old\.sql is applied in/],
  ['a file before an applied one', [one, two, three], [row(one), row(three)], /^002_orders\.sql is not applied, but/],
]) {
  test(`${title} is refused`, () => {
    assert.throws(() => planMigrations(files, applied), { name: 'MigrationError', message });
  });
}

test('all reasons to refuse are told at once', () => {
  const changed = { ...row(one), checksum: 'other' };
  assert.throws(
    () => planMigrations([one, three], [changed]),
    (error) => error.problems.length === 2,
  );
});

/** A client that keeps what it was asked, answers the two queries that matter, and fails where it is told to. */
function fakeClient({ applied = [], locked = true, failAt } = {}) {
  const asked = [];
  return {
    asked,
    query: async (sql, values) => {
      const text = sql.trim().split('\n')[0];
      asked.push(values ? [text, ...values] : text);
      if (failAt && sql === failAt.sql) throw failAt.error;
      if (text.includes('pg_try_advisory_lock')) return { rows: [{ locked }] };
      return { rows: text.startsWith('SELECT name, checksum') ? applied : [] };
    },
  };
}

const clock =
  (...times) =>
  () =>
    times.shift();

test('each pending file is applied in a transaction together with its row, under the lock', async () => {
  const client = fakeClient({ applied: [row(one)] });
  const printed = [];
  await runMigrations({
    client,
    files: [one, two, three],
    print: (line) => printed.push(line),
    now: clock(0, 12, 20, 50),
  });
  const asked = client.asked.map((query) => (Array.isArray(query) ? query[0] : query));
  assert.match(asked[0], /pg_try_advisory_lock/);
  assert.deepEqual(client.asked.slice(client.asked.indexOf('BEGIN'), -1), [
    'BEGIN',
    two.sql,
    ['INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', two.name, two.checksum],
    'COMMIT',
    'BEGIN',
    three.sql,
    ['INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', three.name, three.checksum],
    'COMMIT',
  ]);
  assert.match(asked.at(-1), /pg_advisory_unlock/);
  assert.deepEqual(printed, ['applied 002_orders.sql in 12 ms', 'applied 003_status.sql in 30 ms']);
});

test('with nothing to apply it says so and opens no transaction', async () => {
  const client = fakeClient({ applied: [row(one), row(two)] });
  const printed = [];
  await runMigrations({ client, files: [one], print: (line) => printed.push(line), now: () => 0 });
  assert.ok(!client.asked.includes('BEGIN'));
  assert.deepEqual(printed, [
    '002_orders.sql is newer than this release, left as it is',
    'nothing to apply, 2 migrations are in place',
  ]);
});

test('while another migration runs it waits for the lock', async () => {
  const client = fakeClient({ applied: [row(one)], locked: false });
  const printed = [];
  await runMigrations({ client, files: [one], print: (line) => printed.push(line), now: () => 0 });
  assert.equal(printed[0], 'another migration is running, waiting up to 5 minutes for it');
  assert.deepEqual(
    client.asked.slice(1, 3).map((query) => (Array.isArray(query) ? query[0] : query)),
    ["SET lock_timeout = '5min'", 'SELECT pg_advisory_lock($1)'],
  );
});

test('a file that fails is rolled back, names its line, and ends the run with the lock released', async () => {
  const bad = file('001_products.sql', 'SELECT 1;\nSELECT nothing;');
  const error = Object.assign(new Error('column "nothing" does not exist'), { code: '42703', position: '18' });
  const client = fakeClient({ failAt: { sql: bad.sql, error } });
  await assert.rejects(runMigrations({ client, files: [bad, two], print: () => {}, now: () => 0 }), {
    name: 'MigrationError',
    message: 'failed 001_products.sql:2: column "nothing" does not exist (42703)\nnothing of this file was kept',
  });
  assert.ok(client.asked.includes('ROLLBACK'));
  assert.ok(!client.asked.includes('COMMIT'));
  assert.ok(!client.asked.includes(two.sql));
  assert.match(client.asked.at(-1)[0], /pg_advisory_unlock/);
});
