import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseAttestations } from '../../src/commands/build-image/inputs.js';
import { readImageLabels, sourceUrl } from '../../src/commands/build-image/labels.js';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import { watchBuildKit } from '../../src/commands/build-image/run-docker.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { addImage, addIndex, type FakeRegistry, fakeRegistry, sha256 } from '../support/fake-registry.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { said } from '../support/said.js';
import { fakeClock, type ScriptedProcess, testIo } from '../support/test-io.js';

const commit = '0123456789abcdef0123456789abcdef01234567';
const tag = `${commit}-linux-amd64`;

/** A registry, and a docker that answers as told: by its first two words, or by a function of all of them. */
async function world(t: Test, docker: (fake: FakeRegistry) => ScriptedProcess) {
  const fake = await fakeRegistry(t);
  const calls: (readonly string[])[] = [];
  const cwd = t.testdir({});
  const script = docker(fake);
  const processes: ScriptedProcess = (command, args, options) => {
    if (command === 'git') return { exitCode: 1 };
    calls.push(args);
    return script(command, args, options);
  };
  const io = testIo({ cwd, clock: fakeClock(), env: { NPM_TOKEN: 't0ken' }, processes });
  const base = { repository: `${fake.host}/shop`, commit, ...NO_LOGIN, directory: 'records', dry_run: false };
  const built = { platform: 'linux/amd64', ...NO_INPUTS, builder: '' };
  return {
    fake,
    io,
    calls,
    names: () => calls.map((args) => args.slice(0, 2).join(' ')),
    build: async (more: Readonly<Record<string, string | boolean>> = {}) =>
      said(await buildImage({ ...base, ...built, ...more }, io)),
    publish: async (more: Readonly<Record<string, string | boolean>> = {}) =>
      said(await publishImage({ ...base, platforms: 'linux/amd64', pointers: '', strict: false, ...more }, io)),
    read: (name: string) => JSON.parse(readFileSync(join(cwd, 'records', name), 'utf8')),
    record: (platform: string, digest: string, more: object = {}) => {
      mkdirSync(join(cwd, 'records'), { recursive: true });
      const record = { version: 1, commit, repository: base.repository, platform, digest, ...more };
      writeFileSync(join(cwd, `records/${platform.replaceAll('/', '-')}.json`), JSON.stringify(record));
    },
  };
}

const NO_BUILDX = { exitCode: 1, stderr: "docker: 'buildx' is not a docker command.\nSee 'docker --help'\n" };

t.test('a Docker without buildx', async (t) => {
  const environments: unknown[] = [];
  const plain = (fake: FakeRegistry): ScriptedProcess => {
    return (_, args, options) => {
      if (args[0] === 'buildx') return NO_BUILDX;
      if (args[0] === 'build') environments.push(options.env?.['DOCKER_BUILDKIT']);
      if (args[0] === 'push') addImage(fake, 'shop', { architecture: 'amd64' }, tag);
      return {};
    };
  };
  const { fake, build, calls, io, read } = await world(t, plain);
  t.match(
    await build({ secrets: 'NPM_TOKEN', attestations: 'sbom' }),
    /^1: the build has secrets and attestations, which/,
  );
  t.match(await build({ builder: 'mine' }), /^1: the buildx builder "mine" cannot be used: See 'docker --help'/);
  t.match(await build({ dry_run: true }), /^ok: would build/);
  t.match(io.out(), /^Would run: docker build --platform=linux\/amd64 .*\nWould run: docker push -- /m);
  calls.length = 0;
  t.match(await build({ target: 'prod', args: '{"A": "x y"}', cache: 'registry' }), /^ok: linux\/amd64 of commit/);
  const name = `${fake.host}/shop:${tag}`;
  t.strictSame(calls, [
    ['buildx', 'inspect'],
    ['buildx', 'version'],
    ['version'],
    [
      'build',
      '--platform=linux/amd64',
      '--file=Dockerfile',
      '--target=prod',
      '--build-arg=A=x y',
      `--label=org.opencontainers.image.revision=${commit}`,
      '--label=org.opencontainers.image.created=2026-01-01T00:00:00.000Z',
      `--tag=${name}`,
      '--',
      '.',
    ],
    ['push', '--', name],
  ]);
  t.strictSame(environments, ['0'], 'the docker command does not look for buildx');
  t.match(io.out(), 'the registry cache needs: it builds without it');
  t.match(read('linux-amd64.json'), { digest: /^sha256:/ });

  const dead = await world(t, () => (_, args) => (args[0] === 'buildx' ? NO_BUILDX : { exitCode: 1 }));
  t.match(await dead.build(), /^1: the current buildx builder cannot be used: See/, 'a daemon that does not answer');
  const broken = await world(t, () => (_, args) => (args[1] === 'inspect' ? { exitCode: 1, stderr: 'no node' } : {}));
  t.match(await broken.build(), /^1: the current buildx builder cannot be used: no node/, 'a buildx that is broken');
});

t.test('Docker with the containerd image store is asked by trying', async (t) => {
  const store = { stdout: '[["driver-type","io.containerd.snapshotter.v1"]]' };
  const docker =
    (refuses: boolean) =>
    (fake: FakeRegistry): ScriptedProcess =>
    (_, args) => {
      if (args[1] === 'inspect') return { stdout: 'Driver: docker\n' };
      if (args[0] === 'info') return store;
      const byDigest = args.some((one) => one.includes('push-by-digest=true'));
      if (byDigest && refuses) {
        const stderr = `ERROR: failed to solve: failed to push x: can't push tagged ref ${fake.host}/shop:latest by digest\n`;
        return { exitCode: 1, stderr };
      }
      const digest = addImage(fake, 'shop', { architecture: 'amd64' }, ...(byDigest ? [] : [tag]));
      const file = args.find((one) => one.startsWith('--metadata-file='))?.slice('--metadata-file='.length) ?? '';
      writeFileSync(file, JSON.stringify({ 'containerimage.digest': digest }));
      return {};
    };
  const refusing = await world(t, docker(true));
  t.match(await refusing.build(), /^ok/);
  t.strictSame(refusing.names(), ['buildx inspect', 'info --format', 'buildx build', 'buildx build']);
  t.match(refusing.io.out(), `This Docker cannot push by digest: it is pushed under ${tag} instead.`);
  t.ok(refusing.fake.manifests.has(`shop:${tag}`));
  t.match(await refusing.build(), /^ok/);
  t.equal(refusing.calls.length, 6, 'what is there under the tag is not built again');

  const able = await world(t, docker(false));
  t.match(await able.build({ attestations: 'provenance' }), /^ok/);
  t.strictSame(able.names(), ['buildx inspect', 'info --format', 'buildx build']);
  t.notOk(able.fake.manifests.has(`shop:${tag}`));
});

t.test('attestations need a builder that writes them', async (t) => {
  for (const [text, found] of [
    ['', []],
    ['provenance', ['provenance']],
    ['sbom, provenance', ['sbom', 'provenance']],
  ] as const)
    t.strictSame(parseAttestations(text), { ok: true, value: found });
  t.match(parseAttestations('sboms'), {
    ok: false,
    error: { code: 2, cause: /has "sboms": expected provenance or sbom/ },
  });
  t.match(parseAttestations('sbom,sbom'), { ok: false, error: { code: 2, cause: /names sbom twice/ } });
  const { build, io } = await world(t, () => (_, args) => {
    if (args.includes('build-once')) return { exitCode: 1 };
    return args[1] === 'inspect' ? { stdout: 'Driver: docker\n' } : {};
  });
  t.match(await build({ attestations: 'provenance,sbom', cache: 'registry', dry_run: true }), /^ok/);
  t.match(io.out(), /writes no cache to a registry and no attestation: the builder build-once .* would be made/);
  t.match(io.out(), '--provenance=mode=min --sbom=true');
});

t.test('a commit that is published costs two requests at most', async (t) => {
  const { fake, build, read } = await world(t, () => () => {
    throw new Error('nothing is to be run');
  });
  addImage(fake, 'shop', { architecture: 'amd64' }, commit);
  t.match(await build(), /^ok/);
  t.equal(fake.requests.length, 2, 'the manifest, and the config that says of which platform it is');
  const arm = addImage(fake, 'shop', { architecture: 'arm64' });
  const entries = [{ digest: arm, platform: 'linux/arm64' }];
  addIndex(fake, 'shop', entries, commit);
  fake.requests.length = 0;
  t.match(await build({ platform: 'linux/arm64' }), `ok: linux/arm64 of commit ${commit} is ${fake.host}/shop@${arm}`);
  t.equal(read('linux-arm64.json').digest, arm);
  t.equal(fake.requests.length, 1);
});

t.test('labels', async (t) => {
  for (const [remote, url] of [
    ['git@github.com:acme/shop.git', 'https://github.com/acme/shop'],
    ['ssh://git@bitbucket.org:22/acme/shop.git', 'https://bitbucket.org/acme/shop'],
    ['https://user:t0ken@gitlab.com/acme/sub/shop.git/', 'https://gitlab.com/acme/sub/shop'],
    ['https://git.acme.example:8443/shop?a=b#c', 'https://git.acme.example:8443/shop'],
    ['org-123@github.com:acme/shop', 'https://github.com/acme/shop'],
    ['/srv/git/shop.git', undefined],
    ['file:///srv/git/shop.git', undefined],
    ['https://github.com/', undefined],
    ['', undefined],
  ] as const)
    t.equal(sourceUrl(remote), url, remote);
  const env = { CIRCLE_REPOSITORY_URL: 'https://me:t0ken@github.com/acme/shop', CIRCLE_TAG: 'v1.4.2' };
  const said = [
    ['org.opencontainers.image.revision', commit],
    ['org.opencontainers.image.created', '2026-01-01T00:00:00.000Z'],
    ['org.opencontainers.image.source', 'https://github.com/acme/shop'],
  ];
  t.strictSame(await readImageLabels(commit, testIo({ env, clock: fakeClock() })), [
    ...said,
    ['org.opencontainers.image.version', 'v1.4.2'],
  ]);
  const processes: ScriptedProcess = () => ({ stdout: 'git@github.com:acme/shop.git\n' });
  t.strictSame(await readImageLabels(commit, testIo({ env: {}, clock: fakeClock(), processes })), said);
});

t.test('a push that is silent is heard of every minute', async (t) => {
  const kit = watchBuildKit();
  for (const [line, transfer] of [
    ['#7 [2/2] RUN npm test', undefined],
    ['#9 exporting to image', 'exporting to image'],
    ['#9 pushing layers', 'pushing layers'],
    ['#10 [auth] shop:pull,push token for ghcr.io', 'pushing layers'],
    ['#10 DONE 0.0s', 'pushing layers'],
    ['#7 1.2 exporting of my own', 'pushing layers'],
    ['#9 DONE 3.1s', undefined],
    ['#11 exporting cache to registry', 'exporting cache to registry'],
    ['#11 ERROR: broken pipe', undefined],
  ] as const) {
    kit.read(line);
    t.equal(kit.transfer(), transfer, line);
  }
  const quiet =
    (line: string) =>
    (fake: FakeRegistry): ScriptedProcess =>
    async (_, args, options) => {
      if (args[1] === 'inspect') return { stdout: 'Driver: docker-container\n' };
      options.onStderr?.(Buffer.from(line));
      for (let looks = 0; looks < 100; looks += 1) await new Promise((done) => setImmediate(done));
      const digest = addImage(fake, 'shop', { architecture: 'amd64' });
      const file = args.find((one) => one.startsWith('--metadata-file='))?.slice('--metadata-file='.length) ?? '';
      writeFileSync(file, JSON.stringify({ 'containerimage.digest': digest }));
      return {};
    };
  const pushing = await world(t, quiet('#9 exporting to image\n#9 pushing layers\n'));
  t.match(await pushing.build(), /^ok/);
  t.match(
    pushing.io.out(),
    /#9 pushing layers\nstill waiting after 1 min 5 s: pushing layers\nstill waiting after 2 min 5 s: pushing/,
  );
  const running = await world(t, quiet('#7 [2/2] RUN sleep 100\n'));
  t.match(await running.build(), /^ok/);
  t.notMatch(running.io.out(), 'still waiting', 'a RUN that hangs is left to no_output_timeout');
});

/** An index as BuildKit pushes it: the image of a platform, and a manifest about it. */
function addAttested(fake: FakeRegistry, architecture: string) {
  const digest = addImage(fake, 'shop', { architecture });
  const about = addImage(fake, 'shop', { architecture: 'unknown', os: 'unknown', salt: architecture });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const annotations = {
    'vnd.docker.reference.digest': digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  };
  const attestation = {
    mediaType,
    digest: about,
    size: fake.manifests.get(`shop:${about}`)?.bytes.length ?? 0,
    annotations,
    platform: { architecture: 'unknown', os: 'unknown' },
  };
  const type = 'application/vnd.oci.image.index.v1+json';
  const image = { mediaType, digest, size: 1, platform: { architecture, os: 'linux' } };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [image, attestation] }));
  fake.manifests.set(`shop:${sha256(bytes)}`, { type, bytes });
  return { digest, attested: sha256(bytes), attestation };
}

t.test('the index keeps the attestations', async (t) => {
  const { fake, publish, record, read, io } = await world(t, () => () => ({}));
  const amd = addAttested(fake, 'amd64');
  const arm = addAttested(fake, 'arm64');
  record('linux/amd64', amd.digest, { attested: amd.attested });
  record('linux/arm64', arm.digest, { attested: arm.attested });
  const both = { platforms: 'linux/amd64,linux/arm64' };
  t.match(await publish(both), /^ok: .* \(linux\/amd64, linux\/arm64\)$/);
  t.match(io.out(), `linux/amd64: ${fake.host}/shop@${amd.digest}, with attestations`);
  const index = JSON.parse(fake.manifests.get(`shop:${commit}`)?.bytes.toString() ?? '');
  t.strictSame(
    index.manifests.map((one: { digest: string }) => one.digest),
    [amd.digest, arm.digest, amd.attestation.digest, arm.attestation.digest],
  );
  t.strictSame(index.manifests.slice(2), [amd.attestation, arm.attestation], 'as BuildKit has written them');
  t.match(await publish({ ...both, strict: true }), /^ok/, 'again: what was built is what is published');
  t.same(read('release.json').images[0].platforms, ['linux/amd64', 'linux/arm64']);

  fake.manifests.delete(`shop:${commit}`);
  t.match(await publish(), /^ok/);
  const single = fake.manifests.get(`shop:${commit}`);
  t.equal(sha256(single?.bytes ?? ''), amd.attested, 'of one platform: the index of BuildKit itself');
  t.match(await publish({ strict: true }), /^ok/);

  fake.manifests.delete(`shop:${commit}`);
  fake.manifests.delete(`shop:${arm.attestation.digest}`);
  t.match(
    await publish(both),
    /^1: the attestation sha256:\w+ of linux\/arm64 is not in .*\nnext: Run the build_image job/,
  );
  record('linux/arm64', amd.digest, { attested: arm.attested });
  t.match(await publish(both), /^1: .* holds sha256:\w+ for linux\/arm64, but sha256:\w+ was built/);
  record('linux/arm64', amd.digest, { attested: 'latest' });
  t.match(await publish(both), /is not a record of build_image/);
  t.notOk(fake.manifests.has(`shop:${commit}`));
});

t.test('--strict: a race that is lost is an error', async (t) => {
  const { fake, publish, record } = await world(t, () => () => ({}));
  const ours = addImage(fake, 'shop', { architecture: 'amd64', salt: 'ours' });
  record('linux/amd64', ours);
  let theirs = '';
  fake.gate = (request, response) => {
    if (request.method !== 'PUT') return false;
    theirs = addImage(fake, 'shop', { architecture: 'amd64', salt: 'theirs' }, commit);
    response.writeHead(201).end();
    return undefined;
  };
  const lost = await publish({ strict: true });
  t.match(lost, /^1: another pipeline of this commit has published another image: /);
  t.match(lost, `this one built ${ours}, published is ${theirs}\nnext: What is published`);
  const late = await publish({ strict: true });
  t.match(late, `for linux/amd64 this pipeline built ${ours}, but published is ${theirs}`, 'and so it is from then on');
  t.match(await publish(), /^ok/);
  record('linux/amd64', theirs);
  t.match(await publish({ strict: true }), /^ok/, 'the same image is no other');
});
