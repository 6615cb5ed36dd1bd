import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** The program of the CNCF registry, by either of its names; undefined where it is not installed. */
export const registryProgram = ['docker-registry', 'registry'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
);

/** A registry of one test's own, that may be stopped and started again. */
export interface OwnRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  start(): Promise<void>;
  /** Ends it at once, whatever it is doing. */
  stop(): Promise<void>;
}

/**
 * In memory a write is one step. On a disk this registry does not find a manifest at the moment at which the same one is
 * put again, which is not what a test of two at once is about; but it has what it had when it is started again.
 */
export const IN_MEMORY = { inmemory: {} };

/**
 * Starts a registry over plain HTTP.
 * @param storage by default a folder of its own
 * @see https://distribution.github.io/distribution/about/configuration/#storage
 */
export async function ownRegistry(t: Test, storage?: object): Promise<OwnRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'own-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { ...(storage ?? { filesystem: { rootdirectory: join(home, 'data') } }), delete: { enabled: true } },
    http: { addr: host, secret: 'the same after a start' },
  };
  // JSON is YAML, too.
  await writeFile(join(home, 'config.yml'), JSON.stringify(config));
  let running: ChildProcess | undefined;
  const stop = async () => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    await new Promise((done) => {
      child.once('exit', done);
      child.kill('SIGKILL');
    });
  };
  const start = async () => {
    running = spawn(registryProgram ?? '', ['serve', join(home, 'config.yml')], { stdio: 'ignore' });
    while ((await fetch(`http://${host}/v2/`).catch(() => undefined))?.ok !== true) {
      if (running?.exitCode !== null) throw new Error('the registry has ended');
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  t.teardown(async () => {
    await stop();
    await rm(home, { recursive: true, force: true });
  });
  await start();
  return { host, start, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
