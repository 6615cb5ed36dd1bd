import { createServer } from 'node:http';
import { createApp } from './app.js';
import { confirmUntilStopped } from './confirm-loop.js';
import { createPool } from './database.js';
import { createLog } from './log.js';
import { close, listenOrExit, readConfigOrExit, waitForStop } from './start.js';
import { createStore } from './store.js';
import { readVersion } from './version.js';
import { workerRoutes } from './worker-routes.js';

const log = createLog({ write: (line) => process.stdout.write(line), fields: { service: 'worker' } });
const stopSignal = waitForStop(process);
const config = readConfigOrExit(process, log);
const version = await readVersion(process.env);
const pool = createPool({ databaseUrl: config.databaseUrl, name: 'shop-worker', log });
const health = { turnAt: Date.now(), ok: false };
const state = { stopping: false };
const stop = new AbortController();

const routes = workerRoutes({ health, patienceMilliseconds: 30_000 + config.pollMilliseconds });
const server = createServer(createApp({ routes, log, state }));
const port = await listenOrExit({ server, port: config.port, process, log });
log.info('looking for new orders', { port, ...version });

stopSignal.then((signal) => {
  log.info('stopping', { signal });
  state.stopping = true;
  stop.abort();
});
await confirmUntilStopped({
  store: createStore(pool),
  log,
  signal: stop.signal,
  health,
  pollMilliseconds: config.pollMilliseconds,
});
await close(server, 5000);
await pool.end();
log.info('stopped');
