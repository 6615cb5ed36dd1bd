import { ConfigError, readConfig } from './config.js';

/** The settings, or an end with one log line per problem: what both programs do first. */
export function readConfigOrExit(process, log) {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) log.error('bad configuration', { problem });
    process.exit(2);
  }
}

/** Resolves with the name of the signal that asks this process to stop. */
export function waitForStop(process) {
  return new Promise((stop) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
  });
}

/** Resolves with the port, or ends the process when it cannot be had. */
export function listenOrExit({ server, port, process, log }) {
  return new Promise((done) => {
    server.once('error', (error) => {
      log.error('cannot listen', { port, error });
      process.exit(1);
    });
    server.listen(port, () => done(server.address().port));
  });
}

/** Waits for the answers under way, at most `milliseconds`, then cuts what is left. */
export function close(server, milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
    server.close(() => {
      clearTimeout(timer);
      done();
    });
  });
}
