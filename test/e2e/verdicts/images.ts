import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Images } from './scene.js';

const execute = promisify(execFile);

/** The images of all scenes. What the new version does is in the variable SCRIPT of its container. */
export async function makeImages(registry: string, gate: string): Promise<Images> {
  const repository = `verdicts-${randomBytes(4).toString('hex')}`;
  const build = (dockerfile: string, script: string, platform = '') =>
    buildImage(`${registry}/${repository}`, dockerfile, script, platform === '' ? [] : ['--platform', platform]);
  const [old, fresh, foreign] = await Promise.all([
    build('FROM busybox:stable\nCOPY run.sh /run.sh\n', 'echo old; exec sleep 3600'),
    build('FROM busybox:stable\nCOPY run.sh /run.sh\n', 'echo new; eval "$SCRIPT"; exec sleep 3600'),
    build('FROM scratch\nCOPY run.sh /run.sh\n', 'exit 0', 'linux/arm64,linux/ppc64le'),
  ]);
  const name = `${registry}/${repository}`;
  return {
    old: `${name}@${old}`,
    new: `${name}@${fresh}`,
    foreign: `${name}@${foreign}`,
    absent: `${name}@sha256:${'0'.repeat(64)}`,
    behind: (way) => `${gate}/${way}/${randomBytes(4).toString('hex')}/${repository}@${fresh}`,
  };
}

async function buildImage(name: string, dockerfile: string, script: string, more: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'verdicts-'));
  try {
    await writeFile(join(folder, 'run.sh'), script);
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    const metadata = join(folder, 'metadata.json');
    await execute('docker', [
      ...['buildx', 'build', '--builder', process.env['LAB_BUILDER'] ?? '', '--provenance=false', ...more],
      ...['--output', `type=image,name=${name},push-by-digest=true,push=true`],
      ...['--metadata-file', metadata, folder],
    ]);
    const { 'containerimage.digest': digest } = JSON.parse(await readFile(metadata, 'utf8')) as Record<string, string>;
    return digest ?? '';
  } finally {
    await rm(folder, { recursive: true });
  }
}
