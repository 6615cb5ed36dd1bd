import pg from 'pg';
import { ConfigError, readDatabaseUrl } from './src/config.js';
import { MigrationError } from './src/migrations/migration-error.js';
import { readMigrationFiles } from './src/migrations/read-files.js';
import { runMigrations } from './src/migrations/run.js';

// As process 1 of a container Node ignores SIGTERM unless told otherwise. PostgreSQL rolls back what is not committed.
process.once('SIGTERM', () => {
  console.error('stopped by SIGTERM, the migration under way is rolled back');
  process.exit(143);
});

try {
  await migrate();
} catch (error) {
  const expected = error instanceof MigrationError || error instanceof ConfigError;
  console.error(expected ? error.message : `migration failed: ${error.message || error.code}`);
  process.exitCode = 1;
}

async function migrate() {
  const files = await readMigrationFiles(new URL('./migrations/', import.meta.url));
  const client = new pg.Client({
    connectionString: readDatabaseUrl(process.env),
    application_name: 'shop-migrate',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks also fails the query that is waiting on it; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await runMigrations({ client, files, print: (line) => console.log(line), now: () => performance.now() });
  } finally {
    await client.end();
  }
}
