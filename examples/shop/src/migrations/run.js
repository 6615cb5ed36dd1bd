import { MigrationError } from './migration-error.js';
import { planMigrations } from './plan.js';

// Any number will do, as long as nothing else in this database uses it.
const lockKey = 7_411_002;

/**
 * Applies what is not yet applied, each file in a transaction of its own together with its row in schema_migrations.
 *
 * @param client one connection (not a pool: the lock belongs to the connection)
 * @param files from `readMigrationFiles`
 * @param print takes one line
 * @param now milliseconds
 * @throws {MigrationError} when the plan is refused or a file fails; what was applied before it stays
 */
export async function runMigrations({ client, files, print, now }) {
  await takeLock(client, print);
  try {
    await client.query(`
      CREATE TABLE IF NOT EXISTS schema_migrations (
        name text PRIMARY KEY,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    const { rows } = await client.query('SELECT name, checksum FROM schema_migrations ORDER BY name');
    const { pending, ahead } = planMigrations(files, rows);
    for (const name of ahead) print(`${name} is newer than this release, left as it is`);
    // A migration that waits for a table makes everyone behind it wait as well: better to fail and be tried again.
    await client.query("SET lock_timeout = '10s'");
    for (const file of pending) {
      const started = now();
      await applyFile(client, file);
      print(`applied ${file.name} in ${Math.round(now() - started)} ms`);
    }
    if (pending.length === 0) print(`nothing to apply, ${rows.length} migrations are in place`);
  } finally {
    // A broken connection has lost the lock already, and the first error is the one to report.
    await client.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => {});
  }
}

async function takeLock(client, print) {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS locked', [lockKey]);
  if (rows[0].locked) return;
  print('another migration is running, waiting up to 5 minutes for it');
  await client.query("SET lock_timeout = '5min'");
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
  } catch (error) {
    throw new MigrationError([`no turn after 5 minutes: ${error.message}`], { cause: error });
  }
}

async function applyFile(client, file) {
  await client.query('BEGIN');
  try {
    await client.query(file.sql);
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [file.name, file.checksum]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(describeFailure(file, error), { cause: error });
  }
}

function describeFailure(file, error) {
  // PostgreSQL counts characters from 1: https://www.postgresql.org/docs/current/protocol-error-fields.html
  const line = error.position ? `:${file.sql.slice(0, Number(error.position) - 1).split('\n').length}` : '';
  const code = error.code ? ` (${error.code})` : '';
  return [
    `failed ${file.name}${line}: ${error.message}${code}`,
    ...(error.detail ? [`detail: ${error.detail}`] : []),
    ...(error.hint ? [`hint: ${error.hint}`] : []),
    'nothing of this file was kept',
  ];
}
