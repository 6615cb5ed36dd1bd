// Registries of a bench's own: the CNCF registry over plain HTTP, and with TLS under the name of this machine, for a
// client takes plain HTTP for granted on a loopback address. All that they hold is in one folder, which goes with them.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Makes a certificate for this machine's name, and returns its files. */
export function makeCertificate(folder) {
  const files = { key: join(folder, 'tls.key'), certificate: join(folder, 'tls.crt') };
  const name = `/CN=${hostname()}`;
  const names = `subjectAltName=DNS:${hostname()}`;
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', name, '-addext', names];
  const { status, stderr } = spawnSync('openssl', [...args, '-keyout', files.key, '-out', files.certificate]);
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return files;
}

/**
 * Starts a registry, with TLS where it gets a certificate. Two of one name have the same images. `stop` ends it, and
 * removes them.
 */
export async function startRegistry(folder, name, tls) {
  const port = await freePort();
  const home = join(folder, name);
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: home }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}`, ...(tls === undefined ? {} : { tls }) },
  };
  // JSON is YAML, too.
  writeFileSync(`${home}-${port}.yml`, JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', `${home}-${port}.yml`], { stdio: 'ignore' });
  const ended = new Promise((done) => child.once('exit', done));
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`the registry ${name} has ended`);
    await new Promise((done) => setTimeout(done, 50));
  }
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { host: `${tls === undefined ? '127.0.0.1' : hostname()}:${port}`, stop };
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function listens(port) {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    (error) => error.cause?.code !== 'ECONNREFUSED',
  );
}
