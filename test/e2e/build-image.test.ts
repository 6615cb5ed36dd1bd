import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { said } from '../support/said.js';
import { testIo } from '../support/test-io.js';
import { builderThatTrustsTheLab } from './builder.js';

const execute = promisify(execFile);
const { LAB_REGISTRY = '', LAB_BUILDER = '', DOCKER_HOST } = process.env;
const skip = LAB_REGISTRY === '' || LAB_BUILDER === '' ? 'needs LAB_REGISTRY and LAB_BUILDER' : false;

/** A repository, a commit and a folder of their own. */
function world(t: Test, env: Readonly<Record<string, string | undefined>> = {}, cwd = t.testdir()) {
  const commit = randomBytes(20).toString('hex');
  const repository = `${LAB_REGISTRY}/e2e/${randomBytes(6).toString('hex')}`;
  const io = testIo({ cwd, env: { ...process.env, ...env } });
  const base = { repository, commit, ...NO_LOGIN, directory: 'records', dry_run: false };
  type More = Readonly<Record<string, string>>;
  return {
    commit,
    repository,
    cwd,
    io,
    build: async (platform: string, more: More = {}) =>
      said(await buildImage({ ...base, ...NO_INPUTS, platform, builder: LAB_BUILDER, ...more }, io)),
    publish: async (platforms: string) =>
      said(await publishImage({ ...base, platforms, pointers: '', strict: true }, io)),
    verify: async (platforms: string) =>
      said(await verifyImage({ ...base, ...NOT_COMPARED, environment: 'staging', after: '', platforms }, io)),
  };
}

async function inspect(reference: string, ...args: readonly string[]) {
  const { stdout } = await execute('skopeo', ['inspect', '--tls-verify=false', ...args, `docker://${reference}`]);
  return JSON.parse(stdout);
}

t.test('the index keeps the provenance of each platform', { skip, timeout: 900_000 }, async (t) => {
  const env = { CIRCLE_REPOSITORY_URL: 'git@github.com:acme/shop.git', CIRCLE_TAG: 'v1.4.2' };
  const { repository, commit, cwd, io, build, publish, verify } = world(t, env);
  await writeFile(join(cwd, 'Dockerfile'), `FROM scratch\nCOPY Dockerfile /text-${commit}\n`);
  const both = ['linux/amd64', 'linux/arm64'];
  for (const platform of both) t.match(await build(platform, { attestations: 'provenance' }), /^ok/);
  t.match(await publish(both.join()), /^ok: .* \(linux\/amd64, linux\/arm64\)$/);
  t.match(io.out(), 'with attestations');
  t.match(await verify(both.join()), /^ok/);
  const { manifests } = await inspect(`${repository}:${commit}`, '--raw');
  t.match(manifests, [
    { platform: { architecture: 'amd64' } },
    { platform: { architecture: 'arm64' } },
    { platform: { architecture: 'unknown' }, annotations: { 'vnd.docker.reference.digest': manifests[0].digest } },
    { platform: { architecture: 'unknown' }, annotations: { 'vnd.docker.reference.digest': manifests[1].digest } },
  ]);
  const { layers } = await inspect(`${repository}@${manifests[2].digest}`, '--raw');
  t.match(layers[0].annotations['in-toto.io/predicate-type'], /slsa\.dev\/provenance/);
  t.match(await inspect(`${repository}:${commit}`, '--config'), {
    config: {
      Labels: {
        'org.opencontainers.image.revision': commit,
        'org.opencontainers.image.source': 'https://github.com/acme/shop',
        'org.opencontainers.image.version': 'v1.4.2',
      },
    },
  });
  // What buildx itself reads: each platform with its provenance.
  const format = ['--format', '{{json .Provenance}}', `${repository}:${commit}`];
  const read = await execute('docker', ['buildx', 'imagetools', 'inspect', ...format]);
  t.match(Object.keys(JSON.parse(read.stdout)), both);
});

/** Stands for the scanner of Docker Hub, by the protocol of BuildKit: finds one package in every image. */
const SCANNER = `FROM busybox:stable
RUN printf '%s\\n' '#!/bin/sh' 'echo "{\\"_type\\":\\"https://in-toto.io/Statement/v0.1\\",\\"predicateType\\":\\"https://spdx.dev/Document\\",\\"predicate\\":{\\"spdxVersion\\":\\"SPDX-2.3\\",\\"name\\":\\"found\\"}}" >"$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json"' >/scan && chmod +x /scan
ENTRYPOINT ["/scan"]
`;

t.test('an SBOM, by a scanner in the place of that of Docker Hub', { skip, timeout: 900_000 }, async (t) => {
  const mirror = `${LAB_REGISTRY}/e2e/mirror-${randomBytes(6).toString('hex')}`;
  const cwd = t.testdir({
    Dockerfile: 'FROM scratch\nCOPY text /text\n',
    text: mirror,
    scanner: { Dockerfile: SCANNER },
  });
  const name = `${mirror}/docker/buildkit-syft-scanner:stable-1`;
  const build = [
    'buildx',
    'build',
    `--builder=${LAB_BUILDER}`,
    '--provenance=false',
    `--tag=${name}`,
    '--push',
    'scanner',
  ];
  await execute('docker', build, { cwd });
  const { repository, commit, ...shop } = world(t, await builderThatTrustsTheLab(t, mirror), cwd);
  t.match(await shop.build('linux/amd64', { builder: 'ecr', attestations: 'provenance,sbom' }), /^ok/);
  t.match(await shop.publish('linux/amd64'), /^ok/);
  const { manifests } = await inspect(`${repository}:${commit}`, '--raw');
  t.equal(manifests.length, 2, 'of one platform: the index of BuildKit itself');
  const { layers } = await inspect(`${repository}@${manifests[1].digest}`, '--raw');
  const types = layers.flatMap((layer: { annotations: object }) => Object.values(layer.annotations));
  t.match([...types].sort().join(' '), /slsa\.dev\/provenance.*spdx\.dev/);
});

t.test(
  'a Docker without buildx',
  { skip: skip || (DOCKER_HOST ? false : 'needs DOCKER_HOST'), timeout: 900_000 },
  async (t) => {
    const { stdout: docker } = await execute('sh', ['-c', 'command -v docker']);
    const cwd = t.testdir({
      Dockerfile: 'FROM scratch AS one\nCOPY text /text\nFROM one\nARG A\nLABEL a=$A\n',
      text: '1',
    });
    const bin = join(cwd, 'bin');
    await mkdir(bin);
    const script = `#!/bin/sh\n[ "$1" != buildx ] || { echo "docker: 'buildx' is not a docker command." >&2; exit 1; }\nexec ${docker.trim()} "$@"\n`;
    await writeFile(join(bin, 'docker'), script);
    await chmod(join(bin, 'docker'), 0o755);
    const { repository, commit, io, build, publish } = world(t, { PATH: `${bin}:${process.env['PATH']}` }, cwd);
    const plain = { builder: '', args: '{"A": "x y"}' };
    t.match(await build('linux/amd64', plain), /^ok/);
    t.match(io.out(), 'with docker build: this Docker has no buildx');
    t.match(await build('linux/amd64', plain), /^ok/);
    t.match(io.out(), 'was built by an earlier run');
    t.match(await publish('linux/amd64'), /^ok/);
    const { config } = await inspect(`${repository}:${commit}`, '--config');
    t.match(config.Labels, { a: 'x y', 'org.opencontainers.image.revision': commit });
    await writeFile(join(cwd, 'Dockerfile'), 'FROM scratch\nCOPY nothing /nothing\n');
    const failing = world(t, { PATH: `${bin}:${process.env['PATH']}` }, cwd);
    t.match(await failing.build('linux/amd64', { builder: '' }), /^1: the build for linux\/amd64 failed: .*nothing/);
  },
);

/*
 * Builders that not every machine can have: a container of BuildKit needs privileges, and the containerd image store a
 * Docker that is younger than 23. Both push by digest, so no tag of the platform comes to be.
 */
const { LAB_CONTAINER_BUILDER = '', LAB_CONTAINERD_DOCKER = '' } = process.env;
const OTHERS = {
  'the driver docker-container': {
    needs: LAB_CONTAINER_BUILDER === '' ? 'LAB_CONTAINER_BUILDER' : '',
    builder: LAB_CONTAINER_BUILDER,
    env: {},
  },
  'a Docker with the containerd image store': {
    needs: LAB_CONTAINERD_DOCKER === '' ? 'LAB_CONTAINERD_DOCKER' : '',
    builder: '',
    env: { DOCKER_HOST: LAB_CONTAINERD_DOCKER },
  },
};
for (const [what, { needs, builder, env }] of Object.entries(OTHERS)) {
  const why = skip || (needs === '' ? false : `optional: needs ${needs}`);
  t.test(what, { skip: why, timeout: 900_000 }, async (t) => {
    const { repository, commit, cwd, io, build, publish } = world(t, env);
    await writeFile(join(cwd, 'Dockerfile'), `FROM busybox:stable\nRUN echo ${commit} >/built\n`);
    t.match(await build('linux/amd64', { builder, attestations: 'provenance' }), /^ok/);
    t.match(io.out(), `to be pushed to ${repository} by digest.`);
    t.match(await publish('linux/amd64'), /^ok/);
    const { stdout } = await execute('skopeo', ['list-tags', '--tls-verify=false', `docker://${repository}`]);
    t.strictSame(JSON.parse(stdout).Tags, [commit], 'the tag of the commit and no other');
    const { manifests } = await inspect(`${repository}:${commit}`, '--raw');
    t.match(manifests, [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'unknown' } }]);
  });
}
