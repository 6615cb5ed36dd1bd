import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { explainBuild, findBasePlatformWarnings, readMetadataDigest } from '../../src/commands/build-image/buildx.js';
import { makeDockerLogin } from '../../src/commands/build-image/docker-login.js';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import { openRepository } from '../../src/commands/open-repository.js';
import { run as passImage } from '../../src/commands/pass-image/run.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { registryFailure } from '../../src/commands/registry-failure.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import { readDockerLogin } from '../../src/registry/docker-config.js';
import { DOCKER_MANIFEST } from '../../src/registry/manifest.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { addImage, addIndex, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { said } from '../support/said.js';
import { fakeClock, type ScriptedProcess, testIo } from '../support/test-io.js';

const commit = '0123456789abcdef0123456789abcdef01234567';

async function world(t: Test, processes?: ScriptedProcess) {
  const fake = await fakeRegistry(t);
  const cwd = t.testdir({});
  const io = testIo({ cwd, clock: fakeClock(), env: {}, ...(processes === undefined ? {} : { processes }) });
  const login = { ...NO_LOGIN };
  const base = { repository: `${fake.host}/shop`, commit, ...login, directory: 'records', dry_run: false };
  type More = Partial<typeof base> & Readonly<Record<string, string | boolean>>;
  const built = { platform: 'linux/amd64', ...NO_INPUTS, builder: '' };
  return {
    fake,
    cwd,
    io,
    repository: base.repository,
    build: async (more: More = {}) => said(await buildImage({ ...base, ...built, ...more }, io)),
    publish: async (more: More = {}) =>
      said(
        await publishImage({ ...base, platforms: 'linux/amd64,linux/arm64', pointers: '', strict: false, ...more }, io),
      ),
    verify: async (more: More = {}) =>
      said(
        await verifyImage(
          { ...base, ...NOT_COMPARED, environment: 'production', after: '', platforms: '', ...more },
          io,
        ),
      ),
    pass: async (more: More = {}) => said(await passImage({ ...base, environment: 'staging', image: '', ...more }, io)),
    record: (platform: string, digest: string, more: object = {}) => {
      mkdirSync(join(cwd, 'records'), { recursive: true });
      const record = { version: 1, commit, repository: base.repository, platform, digest, ...more };
      writeFileSync(join(cwd, `records/${platform.replaceAll('/', '-')}.json`), JSON.stringify(record));
    },
    read: (name: string) => JSON.parse(readFileSync(join(cwd, 'records', name), 'utf8')),
    changes: () => fake.requests.filter((line) => line.startsWith('PUT')),
  };
}

t.test('bad input is refused before anything is asked', async (t) => {
  const { fake, build, publish, verify, pass } = await world(t);
  const names = [
    '',
    'Shop',
    '../shop',
    'a b',
    'ghcr.io/a//b',
    'ghcr.io/a$(id)',
    'ghcr.io/a\nb',
    '-x/y',
    'http://ghcr.io/a',
    'ghcr.io:99999/a',
  ];
  for (const repository of names)
    t.match(await build({ repository }), /^2: --repository is ".*": expected the name/, repository);
  t.match(
    await build({ repository: 'ghcr.io/a/b:1' }),
    /^2: .* must not have a tag or a digest\nnext: .*Give ghcr\.io\/a\/b\.$/,
  );
  t.match(await publish({ repository: `ghcr.io/a/b@${sha256('')}` }), /^2: .* must not have a tag/);
  for (const bad of ['', 'main', commit.slice(1), commit.toUpperCase(), `${commit}\n`]) {
    t.match(await verify({ commit: bad }), /^2: --commit is ".*": expected the full SHA/);
  }
  for (const platform of ['', 'linux', 'linux/amd64,linux/arm64', 'linux/../x', '--push']) {
    t.match(await build({ platform }), /^2: --platform is ".*": expected a platform like linux\/amd64/);
  }
  t.match(await publish({ platforms: '' }), /^2: --platforms is empty/);
  t.match(await publish({ platforms: 'linux/amd64,' }), /^2: --platforms is "": expected/);
  t.match(await publish({ platforms: 'linux/amd64, linux/amd64' }), /^2: --platforms names linux\/amd64 twice/);
  t.match(await pass({ environment: '-x' }), /^2: --environment is "-x"/);
  t.match(await pass({ environment: '' }), /^2: --environment is ""/);
  t.match(await verify({ after: 'a/b' }), /^2: --after is "a\/b"/);
  t.same(fake.requests, []);
});

/** A docker whose builder has a driver, and whose build pushes an image of `architecture`. */
function docker(
  driver: string,
  push: (args: readonly string[]) => string,
): ScriptedProcess & { readonly calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = [];
  const process: ScriptedProcess = (command, args, options) => {
    if (command === 'git' || args[0] === 'info') return {};
    calls.push(args);
    if (args[1] === 'inspect') return { stdout: `Name: x\nDriver:        ${driver}\n` };
    for (const piece of ['#1 buil', 'ding\n\u001b[3', '3m1 warning\u001b[0m\n#2 \u001b]0;x\u0007bad\r\u001b[2Kgood'])
      options.onStderr?.(Buffer.from(piece));
    const file = args.find((one) => one.startsWith('--metadata-file='))?.slice('--metadata-file='.length) ?? '';
    writeFileSync(file, JSON.stringify({ 'containerimage.digest': push(args) }));
    return {};
  };
  return Object.assign(process, { calls });
}

t.test('build_image', async (t) => {
  t.test('by digest', async (t) => {
    const fakeDocker = docker('docker-container', () => addImage(fake, 'shop', { architecture: 'amd64' }));
    const { fake, build, read, io, repository } = await world(t, fakeDocker);
    const planned = await build({ dry_run: true });
    t.match(planned, /^ok: would build linux\/amd64/);
    t.equal(fakeDocker.calls.length, 1, 'a dry run only looks');
    t.match(await build({ target: 'final', builder: 'b', context: '-' }), /^ok: linux\/amd64 of commit/);
    const args = fakeDocker.calls.at(-1) ?? [];
    t.match(args, [
      'buildx',
      'build',
      '--builder=b',
      '--platform=linux/amd64',
      '--file=Dockerfile',
      '--target=final',
      '--provenance=false',
      '--sbom=false',
      `--output=type=image,name=${repository},push-by-digest=true,name-canonical=true,push=true,oci-mediatypes=true`,
      /^--metadata-file=/,
      `--label=org.opencontainers.image.revision=${commit}`,
      '--label=org.opencontainers.image.created=2026-01-01T00:00:00.000Z',
      '--progress=plain',
      '--',
      '-',
    ]);
    t.match(io.out(), '#1 building\n1 warning\n#2 bad good\n', 'plain text, whatever a build prints');
    const digest = [...fake.manifests.keys()][0]?.slice('shop:'.length);
    t.same(read('linux-amd64.json'), { version: 1, commit, repository, platform: 'linux/amd64', digest });
  });

  t.test('under a tag of the platform, with the driver docker', async (t) => {
    const tag = `${commit}-linux-arm64`;
    const fakeDocker = docker('docker', () =>
      addImage(fake, 'shop', { architecture: 'arm64', variant: 'v8', type: DOCKER_MANIFEST }, tag),
    );
    const { fake, build, read, io } = await world(t, fakeDocker);
    t.match(await build({ platform: 'linux/arm64' }), /^ok: linux\/arm64/);
    t.match(fakeDocker.calls.at(-1), [
      /^/,
      /^/,
      /^/,
      /^/,
      /^/,
      /^/,
      `--output=type=image,name=${fake.host}/shop:${tag},push=true`,
    ]);
    t.match(fake.manifests.get(`shop:${read('linux-arm64.json').digest}`), { type: DOCKER_MANIFEST });
    fakeDocker.calls.length = 0;
    t.match(await build({ platform: 'linux/arm64' }), /^ok: linux\/arm64/);
    t.same(fakeDocker.calls, [['buildx', 'inspect']], 'not built again');
    t.match(io.out(), `${tag} is there already`);
  });

  t.test('what is pushed is looked at', async (t) => {
    const fakeDocker = docker('remote', () => addImage(fake, 'shop', { architecture: 's390x' }));
    const { fake, build, cwd } = await world(t, fakeDocker);
    t.match(
      await build(),
      /^1: .*\/shop@sha256:\w+ is of linux\/s390x, and not of linux\/amd64\nnext: Check that every FROM/,
    );
    t.same(readdirSync(cwd), [], 'no record is written');
    const liar = await world(
      t,
      docker('remote', () => sha256('nothing')),
    );
    t.match(await liar.build(), /^1: there is no manifest .*shop@sha256:/);
    const silent = await world(
      t,
      docker('remote', () => 'no digest'),
    );
    t.match(await silent.build(), /^1: .* buildx did not say under which digest/);
  });

  t.test('an image that is published is not built', async (t) => {
    const none: ScriptedProcess = () => {
      throw new Error('nothing is to be run');
    };
    const { fake, build, read, io } = await world(t, none);
    const digest = addImage(fake, 'shop', { architecture: 'amd64' }, commit);
    t.match(await build(), `ok: linux/amd64 of commit ${commit} is ${fake.host}/shop@${digest}`);
    t.match(io.out(), `Commit ${commit} is published already: ${fake.host}/shop@${digest}. Nothing is built.`);
    t.match(read('linux-amd64.json'), { digest });
    t.equal(fake.requests.length, 2, 'the manifest, and the config that names its platform');
    t.match(await build({ platform: 'linux/arm64' }), /^1: .* is of linux\/amd64, and not of linux\/arm64/);

    const other = addImage(fake, 'shop', { architecture: 'arm64' });
    const images = [
      { digest, platform: 'linux/amd64' },
      { digest: other, platform: 'linux/arm64' },
    ];
    addIndex(fake, 'shop', images, commit);
    fake.requests.length = 0;
    t.match(await build({ platform: 'linux/arm64' }), `@${other}`);
    t.match(read('linux-arm64.json'), { digest: other });
    t.strictSame(fake.requests, [`GET /v2/shop/manifests/${commit}`], 'an index names the platforms itself');
    t.match(await build({ platform: 'linux/s390x' }), /^1: .* is of linux\/amd64, linux\/arm64, and not of/);
  });

  t.test('without docker', async (t) => {
    const { build } = await world(t, () => ({ exitCode: undefined, error: 'spawn docker ENOENT' }));
    t.match(
      await build(),
      /^1: the current buildx builder cannot be used: spawn docker ENOENT\nnext: The job needs docker/,
    );
  });

  t.test('a job that is cancelled', async (t) => {
    const { fake } = await world(t);
    const cancel = new AbortController();
    const made: string[] = [];
    const real = testIo({
      env: {},
      signal: cancel.signal,
      processes: (command, args) => {
        if (command === 'git') return {};
        if (args[1] === 'inspect') return { stdout: 'Driver: remote' };
        t.ok(existsSync(made[0] ?? ''), 'while the build runs');
        cancel.abort();
        return { exitCode: undefined, error: 'aborted' };
      },
    });
    const makeTemporary = async () => {
      made.push(await real.files.makeTemporary());
      return made.at(-1) ?? '';
    };
    const io = { ...real, files: { ...real.files, makeTemporary } };
    const options = {
      commit,
      platform: 'linux/amd64',
      ...NO_INPUTS,
      builder: '',
    };
    const login = { ...NO_LOGIN };
    const given = { ...options, ...login, repository: `${fake.host}/shop`, directory: 'records', dry_run: false };
    t.match(said(await buildImage(given, io)), /^1: the build for linux\/amd64 was interrupted/);
    t.notOk(existsSync(made[0] ?? ''), 'the temporary folder is removed');
  });

  t.test('a registry that is down is not taken for an empty one', async (t) => {
    const { fake, build } = await world(t);
    fake.gate = (_, response) => sendError(response, 500, 'UNKNOWN', 'disk full');
    t.match(
      await build(),
      /^1: .* answered 500 \(Internal Server Error\) for .*shop, in the last of .*: disk full\nnext: Run the job again when the registry is well/,
    );
  });
});

t.test('the error of a build', async (t) => {
  const stderr = [
    '#5 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 3',
    '------',
    ' > [2/2] RUN npm test:',
    '0.1 not ok 1 - adds',
    '------',
    ' \u001b[33m1 warning found (use docker --debug to expand):',
    '\u001b[0mDockerfile:2',
    '--------------------',
    '   1 |     FROM node:20-slim',
    '   2 | >>> RUN npm test',
    '--------------------',
    'ERROR: failed to build: failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 3',
    '',
  ].join('\n');
  const build = { platform: 'linux/amd64', dockerfile: 'Dockerfile', repository: 'r' };
  t.same(explainBuild({ exitCode: 1, stdout: '', stderr }, build), {
    code: 1,
    cause:
      'the build for linux/amd64 failed at Dockerfile:2 (RUN npm test): process "/bin/sh -c npm test" did not complete successfully: exit code: 3',
    details: [' > [2/2] RUN npm test:', '0.1 not ok 1 - adds'],
  });
  t.same(explainBuild({ exitCode: undefined, stdout: '', stderr: '', error: 'ended by SIGKILL' }, build), {
    code: 1,
    cause: 'the build for linux/amd64 failed: ended by SIGKILL',
  });
  t.match(explainBuild({ exitCode: 7, stdout: '', stderr: '' }, build).cause, /docker ended with exit code 7$/);
  const warning = 'InvalidBaseImagePlatform: Base image x was pulled with platform "a", expected "b" for current build';
  t.same(findBasePlatformWarnings(`#1 WARN: ${warning} (line 1)\n - ${warning} (line 1)\r\nx`), [
    'Base image x was pulled with platform "a", expected "b" for current build',
  ]);
  t.equal(readMetadataDigest('[]'), undefined);
  t.equal(readMetadataDigest('{'), undefined);
});

t.test("Docker's configuration for a build", async (t) => {
  const secret = Buffer.from('hub:hub secret').toString('base64');
  const cwd = t.testdir({
    own: {
      'config.json': JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth: secret },
          'kept.example': { auth: secret },
          'empty.example': {},
          'apart.example': { username: 'me', password: 'apart' },
        },
        credHelpers: { 'kept.example': 'theirs' },
        credsStore: 'desktop',
        currentContext: 'remote',
      }),
      buildx: { current: 'lab' },
    },
    folder: {},
  });
  const folder = join(cwd, 'folder');
  const io = testIo({ cwd, env: { PATH: process.env['PATH'], DOCKER_CONFIG: 'own' } });
  const made = await makeDockerLogin(folder, { host: 'ecr.example', username: 'AWS', password: 'p\'$(id)"' }, io);
  if (!made.ok) return t.fail(made.error.cause);
  t.same(JSON.parse(readFileSync(join(folder, 'config/config.json'), 'utf8')), {
    credsStore: 'desktop',
    currentContext: 'remote',
    credHelpers: {
      'kept.example': 'theirs',
      'https://index.docker.io/v1/': 'build-once-0',
      'apart.example': 'build-once-1',
      'ecr.example': 'build-once-2',
    },
  });
  t.equal(readFileSync(join(folder, 'config/buildx/current'), 'utf8'), 'lab', 'builders are there by links');
  for (const file of [
    'config/config.json',
    'bin/docker-credential-build-once-0',
    'bin/docker-credential-build-once-1',
  ]) {
    t.notMatch(readFileSync(join(folder, file), 'utf8'), /\(id\)|hub secret|aHVi/, `no secret in ${file}`);
  }
  const login = async (host: string) => {
    const env = { ...made.value };
    return readDockerLogin(
      host,
      testIo({ cwd, env, processes: (command, args, options) => io.processes.run(command, args, { ...options, env }) }),
    );
  };
  t.same(await login('ecr.example'), { ok: true, value: { kind: 'password', username: 'AWS', password: 'p\'$(id)"' } });
  t.match(await login('apart.example'), { value: { username: 'me', password: 'apart' } });
  t.same(await login('docker.io'), { ok: true, value: { kind: 'password', username: 'hub', password: 'hub secret' } });
  await io.files.remove(folder);
  t.equal(readFileSync(join(cwd, 'own/buildx/current'), 'utf8'), 'lab', 'removing follows no link');
});

t.test("Docker's logins", async (t) => {
  const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
  const read = async (config: unknown, host: string, processes: ScriptedProcess = () => ({ exitCode: 9 })) => {
    const cwd = t.testdir({
      '.docker': { 'config.json': typeof config === 'string' ? config : JSON.stringify(config) },
    });
    return readDockerLogin(host, testIo({ cwd, env: { HOME: cwd }, processes }));
  };
  const file = {
    auths: {
      'ghcr.io': auth('me:a:b'),
      'https://index.docker.io/v1/': auth('hub:x'),
      'acr.io': { identitytoken: 'i', ...auth('0:') },
    },
  };
  t.match(await read(file, 'ghcr.io'), { value: { kind: 'password', username: 'me', password: 'a:b' } });
  t.match(await read(file, 'docker.io'), { value: { username: 'hub' } });
  t.match(await read(file, 'acr.io'), { value: { kind: 'identity-token', token: 'i' } });
  t.match(await read(file, 'quay.io'), { ok: true, value: { kind: 'anonymous' } });
  t.match(await read('{', 'quay.io'), { ok: false, error: /config\.json is not a JSON object$/ });
  t.match(await readDockerLogin('quay.io', testIo({ env: {} })), { ok: true, value: { kind: 'anonymous' } });

  const helped = { credHelpers: { 'ghcr.io': 'x' }, credsStore: 'store' };
  const answers: ScriptedProcess = (command, args, { input }) => ({
    stdout: JSON.stringify({ Username: command, Secret: `${args.join()} ${input}` }),
  });
  t.match(await read(helped, 'ghcr.io', answers), {
    value: { username: 'docker-credential-x', password: 'get ghcr.io' },
  });
  t.match(await read(helped, 'quay.io', answers), { value: { username: 'docker-credential-store' } });
  const token: ScriptedProcess = () => ({ stdout: '{"Username":"<token>","Secret":"t"}' });
  t.match(await read(helped, 'ghcr.io', token), { value: { kind: 'identity-token', token: 't' } });
  const none: ScriptedProcess = () => ({ exitCode: 1, stdout: 'credentials not found in native keychain' });
  t.match(await read(helped, 'ghcr.io', none), { ok: true, value: { kind: 'anonymous' } });
  const broken: ScriptedProcess = () => ({ exitCode: undefined, error: 'ENOENT' });
  t.match(await read(helped, 'ghcr.io', broken), {
    ok: false,
    error: /docker-credential-x, .* gave no login: ENOENT$/,
  });
  t.match(await read({ credsStore: '../../bin/sh' }, 'ghcr.io', answers), {
    ok: false,
    error: /is not a program's name$/,
  });
});

t.test('publish_image', async (t) => {
  t.test('an index, in the order of the platforms, the same bytes each time', async (t) => {
    const { fake, publish, record, read, changes, repository } = await world(t);
    t.match(
      await publish(),
      /^1: there is no image of linux\/amd64, linux\/arm64 to publish: records\/linux-amd64.json, records\/linux-arm64.json not found\nnext: The build_image job/,
    );
    record('linux/amd64', addImage(fake, 'shop', { architecture: 'amd64' }));
    record('linux/arm64', addImage(fake, 'shop', { architecture: 'arm64' }));
    t.match(await publish({ dry_run: true }), /^ok: would publish/);
    t.same(changes(), []);
    t.match(await publish(), /^ok: commit \w+ is published as/);
    const { digest } = read('release.json').images[0];
    t.same(read('release.json'), {
      version: 1,
      commit,
      images: [{ repository, digest, platforms: ['linux/amd64', 'linux/arm64'] }],
    });
    t.same(changes(), [`PUT /v2/shop/manifests/${digest}`, `PUT /v2/shop/manifests/${commit}`]);
    t.match(await publish(), /^ok/);
    t.equal(changes().length, 2, 'again: nothing is written');
    t.match(
      await publish({ platforms: 'linux/amd64,linux/s390x' }),
      /^1: .* is published for linux\/amd64, linux\/arm64 and lacks linux\/s390x/,
    );
    fake.manifests.delete(`shop:${commit}`);
    t.match(await publish(), digest);
  });

  t.test('records that are not of this job', async (t) => {
    const { fake, publish, record, cwd, changes } = await world(t);
    const one = { platforms: 'linux/amd64' };
    const digest = addImage(fake, 'shop', { architecture: 'arm64' });
    record('linux/amd64', digest);
    t.match(await publish(one), /^1: .* was built as linux\/amd64, but is not of that platform/);
    record('linux/amd64', sha256('gone'));
    t.match(await publish(one), /^1: there is no manifest .*@sha256:/);
    record('linux/amd64', digest, { commit: commit.replace('0', '1') });
    t.match(await publish(one), /^1: records\/linux-amd64.json is of commit "1123.*, but this job is of 0123/);
    record('linux/amd64', digest, { repository: 'ghcr.io/a/b' });
    t.match(await publish(one), /is of repository "ghcr.io\/a\/b"/);
    record('linux/amd64', digest, { digest: 'latest' });
    t.match(await publish(one), /is not a record of build_image/);
    writeFileSync(join(cwd, 'records/linux-amd64.json'), '{');
    t.match(await publish(one), /is not a record of build_image/);
    t.same(changes(), []);
  });

  t.test('a race that is lost', async (t) => {
    const { fake, publish, record, read, io } = await world(t);
    const one = { platforms: 'linux/amd64' };
    const ours = addImage(fake, 'shop', { architecture: 'amd64', salt: 'ours' });
    record('linux/amd64', ours);
    let theirs = '';
    fake.gate = (request, response) => {
      if (request.method !== 'PUT') return false;
      theirs = addImage(fake, 'shop', { architecture: 'amd64', salt: 'theirs' }, commit);
      return sendError(response, 400, 'TAG_INVALID', 'The image tag already exists and is immutable.');
    };
    t.match(await publish(one), /^ok/);
    t.match(io.out(), `this one built ${ours}, published is ${theirs}`);
    t.equal(read('release.json').images[0].digest, theirs);
    t.match(await publish(one), /^ok/, 'and from then on');
    t.match(io.out(), `for linux/amd64 this pipeline built ${ours}, but published is ${theirs}`);

    fake.gate = undefined;
    fake.manifests.delete(`shop:${commit}`);
    fake.gate = (request, response) => {
      if (request.method !== 'PUT') return false;
      response.writeHead(201).end(); // Says yes, and another one wins all the same.
      addImage(fake, 'shop', { architecture: 'amd64', salt: 'theirs' }, commit);
      return undefined;
    };
    t.match(await publish(one), theirs);
  });
});

t.test('an index that lies, and a tag that comes at the last moment', async (t) => {
  const { fake, publish, verify, record, changes, io } = await world(t);
  const one = { platforms: 'linux/amd64' };
  record('linux/amd64', addImage(fake, 'shop', { architecture: 'amd64', salt: 'ours' }));
  const arm = addImage(fake, 'shop', { architecture: 'arm64' });
  const type = 'application/vnd.oci.image.index.v1+json';
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: arm, size: 1 };
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = { schemaVersion: 2, mediaType: type, manifests: [{ ...entry, platform }] };
  fake.manifests.set(`shop:${commit}`, { type, bytes: Buffer.from(JSON.stringify(index)) });
  t.match(await verify(one), /^1: .* lacks linux\/amd64/);
  t.match(await publish(one), /^1: .* lacks linux\/amd64/);

  fake.manifests.delete(`shop:${commit}`);
  let theirs = '';
  fake.gate = (request) => {
    if (request.url?.includes('/blobs/') && theirs === '')
      theirs = addImage(fake, 'shop', { architecture: 'amd64', salt: 'theirs' }, commit);
    return false;
  };
  t.match(await publish(one), /^ok/);
  t.same(changes(), [], 'no tag is moved, though this registry would let it');
  t.match(io.out(), `published is ${theirs}`);
});

t.test('verify_image and pass_image', async (t) => {
  const { fake, verify, pass, read, io, changes, repository, cwd } = await world(t);
  t.match(await verify(), /^1: commit \w+ has no image: there is no tag \w+ in .*\/shop\nnext: The publish_image job/);
  t.match(await pass(), /^2: there is no records\/release.json/);
  const digest = addImage(fake, 'shop', { architecture: 'amd64' }, commit);
  const after = { after: 'staging' };
  t.match(
    await verify(after),
    `1: staging has not passed commit ${commit}: there is no tag staging.${commit} in ${repository}\nnext: Let the deployment to staging`,
  );
  t.same(readdirSync(cwd), [], 'no record without a proof');
  t.match(await verify(), /^ok: .* may go to production$/);
  t.same(read('release.json'), { version: 1, commit, images: [{ repository, digest, platforms: ['linux/amd64'] }] });
  t.match(await pass({ dry_run: true }), /^ok: would mark/);
  t.match(await pass({ repository: `${fake.host}/other` }), /^2: the image .* is not in the repository/);
  t.same(changes(), []);
  fake.requests.length = 0;
  t.match(await pass(), /^ok: staging has passed/);
  const tag = `/v2/shop/manifests/staging.${commit}`;
  const [look, ...writes] = fake.requests;
  t.equal(look, `GET ${tag}`);
  t.strictSame(writes.sort(), [`PUT ${tag}`, `PUT ${tag}.record`], 'manifests: no layer moves');
  t.same(fake.manifests.get(`shop:staging.${commit}`), fake.manifests.get(`shop:${commit}`), 'the same bytes');
  t.match(await pass(), /^ok: staging had passed .* before$/);
  t.equal(changes().length, 2);
  for (const kept of [undefined, 'not JSON', '{"schemaVersion": 2}']) {
    if (kept === undefined) rmSync(join(cwd, 'records/manifest.json'));
    else writeFileSync(join(cwd, 'records/manifest.json'), kept);
    const environment = `kept-${kept?.length}`;
    t.match(await pass({ environment }), /^ok/, 'what is not kept, or not of the digest, is asked for');
    t.same(fake.manifests.get(`shop:${environment}.${commit}`), fake.manifests.get(`shop:${commit}`));
  }
  fake.requests.length = 0;
  t.match(await verify({ ...after, platforms: 'linux/amd64' }), /^ok/);
  const proof = ['environment: production', `commit:      ${commit}`, `image:       ${repository}@${digest}`];
  const rest = ['platforms:   linux/amd64', 'built:       the image does not say when'];
  const passed = `passed by:   staging (tag staging.${commit})\n             at 2026-01-01T00:00:00.000Z`;
  t.match(io.out(), [...proof, ...rest, passed, 'running:     not compared, for no workloads are named'].join('\n'));
  t.match(await verify({ platforms: 'linux/arm64' }), /^1: .* is for linux\/amd64 and lacks linux\/arm64/);

  const other = addImage(fake, 'shop', { architecture: 'amd64', salt: 'x' }, `staging.${commit}`);
  t.match(
    await verify(after),
    `1: staging has run another image of commit ${commit}: staging.${commit} is ${other}, but ${commit} is ${digest}`,
  );
  t.match(
    await pass(),
    `1: ${repository}:staging.${commit} is there already with another digest: it is ${other}, and not ${digest}`,
  );
  t.same(changes(), [], 'a tag is never moved');
  t.match(
    await pass({ environment: 'production', image: `${repository}@${sha256('none')}` }),
    /^1: there is no manifest/,
  );

  fake.gate = (request, response) => {
    if (request.method !== 'PUT') return false;
    addImage(fake, 'shop', { architecture: 'amd64', salt: 'x' }, `qa.${commit}`);
    return void response.writeHead(201).end();
  };
  t.match(await pass({ environment: 'qa' }), /^1: .*qa\.\w+ is there already with another digest/, 'a race is seen');
});

t.test('which login', async (t) => {
  const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const cwd = t.testdir({ config: { 'config.json': JSON.stringify({ auths: { [host]: { auth: 'QVdTOnA=' } } }) } });
  const options = { repository: `${host}/shop`, commit, ...NO_LOGIN };
  const docker = await openRepository(options, testIo({ cwd, env: { DOCKER_CONFIG: 'config' } }));
  t.match(docker, { ok: true, value: { login: 'docker', name: `${host}/shop`, credentials: { username: 'AWS' } } });
  const role = 'arn:aws:iam::123456789012:role/x';
  t.match(await openRepository({ ...options, role }, testIo({ cwd, env: { DOCKER_CONFIG: 'config' } })), {
    ok: false,
    error: { code: 1, cause: /no OIDC token/ },
  });
});

t.test('advice', async (t) => {
  const ecr = { host: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', path: 'shop' };
  const ghcr = { host: 'ghcr.io', path: 'a/b' };
  t.match(
    registryFailure({ kind: 'not-found', repository: ecr, what: 'repository', reference: 'x' }).next,
    /create "shop"/,
  );
  t.match(registryFailure({ kind: 'denied', repository: ecr, action: 'push', message: '' }).next, /ecr:PutImage/);
  t.match(registryFailure({ kind: 'denied', repository: ecr, action: 'pull', message: '' }).next, /ecr:BatchGetImage/);
  t.match(
    registryFailure({ kind: 'denied', repository: ghcr, action: 'push', message: '' }).next,
    /push ghcr\.io\/a\/b/,
  );
  t.match(
    registryFailure({ kind: 'unauthorized', repository: ghcr, anonymous: true, message: '' }).next,
    /docker login ghcr\.io/,
  );
});
