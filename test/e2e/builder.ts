import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Test } from 'tap';

const execute = promisify(execFile);

/**
 * A BuildKit of its own that trusts the lab's certificate authority (by SSL_CERT_FILE, which `lab env` sets), as the
 * current builder "ecr" of a Docker configuration of its own.
 * @param first a place in the lab's registry where images of Docker Hub are looked for first
 */
export async function builderThatTrustsTheLab(t: Test, first?: string): Promise<{ readonly DOCKER_CONFIG: string }> {
  const registry = process.env['LAB_REGISTRY'] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'e2e-buildkit-'));
  const socket = join(folder, 'buildkitd.sock');
  await writeFile(
    join(folder, 'buildkitd.toml'),
    `[registry."docker.io"]\n  mirrors = ${JSON.stringify(first === undefined ? [registry] : [first, registry])}\n[registry."${registry}"]\n  http = true\n`,
  );
  const args = [
    '--config',
    join(folder, 'buildkitd.toml'),
    '--root',
    join(folder, 'root'),
    '--addr',
    `unix://${socket}`,
    '--containerd-worker=false',
    '--oci-worker-net=host',
  ];
  const daemon = spawn('buildkitd', args, { stdio: 'ignore' });
  const ended = new Promise((done) => daemon.once('close', done));
  t.teardown(async () => {
    daemon.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const config = join(folder, 'docker');
  await mkdir(config);
  await symlink(join(process.env['HOME'] ?? '', '.docker/cli-plugins'), join(config, 'cli-plugins'));
  for (let tries = 0; tries < 600 && !existsSync(socket); tries += 1) await setTimeout(100);
  const create = ['buildx', 'create', '--name', 'ecr', '--use', '--driver', 'remote', `unix://${socket}`];
  await execute('docker', create, { env: { ...process.env, DOCKER_CONFIG: config } });
  return { DOCKER_CONFIG: config };
}
