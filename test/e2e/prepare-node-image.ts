import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Makes a `node:20-slim` that has the npm of the real image, so that a Dockerfile with `npm ci` builds in the lab.
 *
 * The lab's image holds the node program and little else. This machine's npm, the registry that it is set to and the
 * certificates that this machine trusts are put on top. The lab's own stays as it is: others build from it meanwhile.
 *
 * @returns the place in the registry where a builder is to look for images of Docker Hub first; undefined where the lab's
 *   image has an npm already
 * @throws what `docker` or `npm` printed when one of them fails
 */
export async function prepareNodeImage(): Promise<string | undefined> {
  const registry = process.env['LAB_REGISTRY'];
  const image = `${registry}/library/node:20-slim`;
  // Not the daemon's copy but the registry's counts: that is what BuildKit will read.
  await docker('pull', '--quiet', image);
  if (await hasNpm(image)) return undefined;

  const mirror = `${registry}/with-npm`;
  const made = `${mirror}/library/node:20-slim`;
  const context = await mkdtemp(join(tmpdir(), 'node-image-'));
  try {
    await writeContext(context, image);
    await docker('build', '--quiet', '--tag', made, context);
    await docker('push', '--quiet', made);
    return mirror;
  } finally {
    await rm(context, { recursive: true });
  }
}

async function hasNpm(image: string): Promise<boolean> {
  // Looked up in a container that is made and never started, so nothing has to run.
  const container = await docker('create', image, 'true');
  try {
    await docker('cp', `${container}:/usr/local/bin/npm`, '-');
    return true;
  } catch (error) {
    if (/could not find the file|no such/i.test(String(error))) return false;
    throw error;
  } finally {
    await docker('rm', container);
  }
}

/** What the image is built from: npm's folder, the certificates, and a Dockerfile. */
async function writeContext(context: string, image: string): Promise<void> {
  // npm may be a link into a folder of some version manager: follow it to the package.
  const npm = await realpath(join(await npmSays('root', '--global'), 'npm'));
  await cp(npm, join(context, 'npm'), { recursive: true });
  await mkdir(join(context, 'certificates'));
  await cp(caBundle, join(context, 'certificates', basename(caBundle)), { dereference: true });
  await mkdir(join(context, 'bin'));
  // Scripts, not the usual links: npm's own first line asks for /usr/bin/env, which the lab's image does not have.
  for (const name of ['npm', 'npx']) {
    const script = `#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/${name}-cli.js "$@"\n`;
    await writeFile(join(context, 'bin', name), script, { mode: 0o755 });
  }
  const lines = [
    `FROM ${image}`,
    'COPY npm /usr/local/lib/node_modules/npm',
    'COPY bin /usr/local/bin',
    `COPY certificates ${dirname(caBundle)}`,
    `ENV NPM_CONFIG_REGISTRY=${await npmSays('config', 'get', 'registry')} NPM_CONFIG_CAFILE=${caBundle}`,
  ];
  await writeFile(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
}

async function npmSays(...args: readonly string[]): Promise<string> {
  return (await run('npm', args)).stdout.trim();
}

async function docker(...args: readonly string[]): Promise<string> {
  // `cp` to standard output gives a small archive of a link or a script; nothing here is large.
  return (await run('docker', args)).stdout.trim();
}
