import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from './app.js';
import { createPool } from './database.js';
import { createLog } from './log.js';
import { readMigrationFiles } from './migrations/read-files.js';
import { shopRoutes } from './routes.js';
import { close, listenOrExit, readConfigOrExit, waitForStop } from './start.js';
import { createStore } from './store.js';
import { readVersion } from './version.js';

const log = createLog({ write: (line) => process.stdout.write(line), fields: { service: 'web' } });
const stopSignal = waitForStop(process);
const config = readConfigOrExit(process, log);
const version = await readVersion(process.env);
const files = await readMigrationFiles(new URL('../migrations/', import.meta.url));
const pool = createPool({ databaseUrl: config.databaseUrl, name: 'shop-web', log });
const state = { stopping: false };
const routes = shopRoutes({
  store: createStore(pool),
  version,
  migrations: files.map((file) => file.name),
  state,
});

const server = createServer(
  {
    requestTimeout: 30_000,
    // Longer than the idle timeout of the load balancer in front (60 s by default on AWS), so that it never sends a
    // request on a connection that is being closed here.
    keepAliveTimeout: 65_000,
  },
  createApp({ routes, log, state }),
);
const port = await listenOrExit({ server, port: config.port, process, log });
log.info('listening', { port, ...version });

const signal = await stopSignal;
log.info('stopping', { signal, drainSeconds: config.drainSeconds });
state.stopping = true;
await sleep(config.drainSeconds * 1000);
await close(server, 15_000);
await pool.end();
log.info('stopped');
