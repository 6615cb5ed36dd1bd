import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { sha256 } from '../support/fake-registry.js';
import { testIo } from '../support/test-io.js';
import { ownRegistry, registryProgram } from './own-registry.js';
import { pushImage, pushIndex, pushManifest, readWhole } from './registry-content.js';

const execute = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const skip =
  registryProgram === undefined ? 'needs docker-registry on PATH' : has('skopeo') ? false : 'needs skopeo on PATH';

/** An image of two platforms in one registry, and the way that another gets it. */
async function world(t: Test) {
  const [from, to] = [await ownRegistry(t), await ownRegistry(t)];
  const source = `${from.host}/shop`;
  const destination = `${to.host}/copy`;
  const image = await pushIndex(source, [200_000, 1000]);
  const commit = randomBytes(20).toString('hex');
  const cwd = await mkdtemp(join(tmpdir(), 'read-back-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  const promote = async () => {
    const io = testIo({ cwd, env: { PATH: process.env['PATH'], HOME: cwd } });
    const names = ['--repository', source, '--destination', destination, '--image', `${source}@${image.digest}`];
    const code = await runBuildOnce(['promote-image', ...names, '--commit', commit], io);
    t.equal(code, 0, io.err());
    return io.out();
  };
  return { source, destination, image, commit, cwd, promote };
}

/** Every file that skopeo makes of an image, by its name: manifests and blobs, byte for byte. */
async function filesOf(cwd: string, reference: string): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(cwd, 'dir-'));
  await execute('skopeo', ['copy', '--all', '--src-tls-verify=false', `docker://${reference}`, `dir:${folder}`]);
  const names = await readdir(folder);
  return new Map(
    await Promise.all(
      names.sort().map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const),
    ),
  );
}

t.test('what was copied is what crane and skopeo read', { skip, timeout: 300_000 }, async (t) => {
  const { source, destination, image, commit, cwd, promote } = await world(t);
  t.match(await promote(), 'was copied');
  const there = await filesOf(cwd, `${destination}:${commit}`);
  t.ok(there.size >= 8, `${there.size} files`);
  t.strictSame(there, await filesOf(cwd, `${source}@${image.digest}`), 'skopeo: byte for byte');
  const raw = async (reference: string) =>
    (await execute('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`])).stdout;
  t.equal(await raw(`${destination}:${commit}`), await raw(`${source}@${image.digest}`));

  if (!has('crane')) return t.comment('crane is not on PATH');
  const crane = async (...args: readonly string[]) => (await execute('crane', [...args, '--insecure'])).stdout.trim();
  t.equal(await crane('digest', `${destination}:${commit}`), image.digest);
  t.equal(await crane('manifest', `${destination}:${commit}`), await crane('manifest', `${source}@${image.digest}`));
  t.equal(await crane('ls', destination), commit, 'one tag, and no other');
  const parts = JSON.parse(await crane('manifest', `${destination}:${commit}`)).manifests;
  for (const { digest } of parts) {
    const { config, layers } = JSON.parse(await crane('manifest', `${destination}@${digest}`));
    for (const blob of [config, ...layers]) {
      const args = ['blob', '--insecure', `${destination}@${blob.digest}`];
      const { stdout } = await execute('crane', args, { encoding: 'buffer', maxBuffer: 2 ** 20 });
      t.equal(sha256(stdout), blob.digest, 'crane: byte for byte');
    }
  }
});

t.test(
  'what refers to an image comes along where a registry has no API for it',
  { skip, timeout: 300_000 },
  async (t) => {
    const { source, destination, image, cwd, promote } = await world(t);
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
    const artifactType = 'application/vnd.example.sbom.v1+json';
    const more = { artifactType, subject, annotations: { made: 'by hand' } };
    const sbom = await pushImage(source, { architecture: 'none', layers: [5000], more });
    // As any client does it where the registry does not: the list is an index under a tag of its own.
    const tag = image.digest.replace(':', '-');
    const list = { mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ ...sbom, artifactType }] };
    await pushManifest(source, list, tag);
    t.match(await promote(), `${sbom.digest} (${artifactType}) refers to it, and is there, too.`);
    t.strictSame(await readWhole(destination, sbom.digest), await readWhole(source, sbom.digest));
    const raw = await execute('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${destination}:${tag}`]);
    t.match(JSON.parse(raw.stdout), { manifests: [{ ...sbom, artifactType, annotations: { made: 'by hand' } }] });
    t.strictSame(await filesOf(cwd, `${destination}@${sbom.digest}`), await filesOf(cwd, `${source}@${sbom.digest}`));
  },
);
