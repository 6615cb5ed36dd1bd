import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** An image of busybox whose /run.sh is `script`, pushed by digest; the digest. */
export async function makeImage(repository: string, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-e2e-'));
  try {
    await writeFile(join(folder, 'run.sh'), script);
    await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:stable\nCOPY run.sh /run.sh\n');
    const metadata = join(folder, 'metadata.json');
    await execute('docker', [
      ...['buildx', 'build', '--builder', process.env['LAB_BUILDER'] ?? '', '--provenance=false'],
      ...['--output', `type=image,name=${repository},push-by-digest=true,push=true`],
      ...['--metadata-file', metadata, folder],
    ]);
    const { 'containerimage.digest': digest } = JSON.parse(await readFile(metadata, 'utf8')) as Record<string, string>;
    return digest ?? '';
  } finally {
    await rm(folder, { recursive: true });
  }
}
