import pg from 'pg';

/** A pool of connections that gives up soon enough for a request to be answered. */
export function createPool({ databaseUrl, name, log }) {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: name,
    max: 10,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5000,
  });
  // An idle connection that breaks (a failover) is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn('idle database connection lost', { error }));
  return pool;
}

/** Runs `work(client)` in a transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction(pool, work) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away, not put back into the pool.
    await client.query('ROLLBACK').catch((rollbackError) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Whether an error means that there is no database to talk to now, as opposed to a mistake of ours.
 * SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isUnavailable(error) {
  const code = error?.code;
  if (networkCodes.has(code)) return true;
  // Class 08: connection exception; 57P01 to 57P03: shutting down, crashed, starting up; 53300: too many connections.
  if (typeof code === 'string') return /^(08...|57P0[123]|53300)$/.test(code);
  // pg gives these two no code.
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(error?.message ?? '');
}
