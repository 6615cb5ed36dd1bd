/** What is wrong with the environment, all of it at once. Never holds a value: DATABASE_URL has a password in it. */
export class ConfigError extends Error {
  constructor(problems) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * The settings of the web server and the worker.
 * @throws {ConfigError}
 */
export function readConfig(env) {
  const problems = [];
  const collect = (read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  };
  const config = {
    databaseUrl: collect(() => readDatabaseUrl(env)),
    port: collect(() => readInteger(env, 'PORT', { default: 8080, from: 0, to: 65_535 })),
    /** How long the server goes on answering after SIGTERM, until load balancers have stopped sending. */
    drainSeconds: collect(() => readInteger(env, 'DRAIN_SECONDS', { default: 0, from: 0, to: 60 })),
    /** How often the worker looks for new orders when there were none. */
    pollMilliseconds: collect(() => readInteger(env, 'POLL_MILLISECONDS', { default: 1000, from: 10, to: 60_000 })),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** @throws {ConfigError} */
export function readDatabaseUrl(env) {
  const text = env.DATABASE_URL;
  if (!text) throw new ConfigError(['DATABASE_URL is not set: expected postgres://user:password@host:5432/name']);
  if (!URL.canParse(text) || !['postgres:', 'postgresql:'].includes(new URL(text).protocol)) {
    throw new ConfigError(['DATABASE_URL is no such address: expected postgres://user:password@host:5432/name']);
  }
  return text;
}

function readInteger(env, name, { default: standard, from, to }) {
  const text = env[name];
  if (text === undefined || text === '') return standard;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new ConfigError([`${name} is "${text}": expected a whole number from ${from} to ${to}`]);
}
