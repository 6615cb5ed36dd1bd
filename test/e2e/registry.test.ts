import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { eksCluster } from '../../src/aws/eks.js';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import type { Done, Failure } from '../../src/commands/command.js';
import { run as passImage } from '../../src/commands/pass-image/run.js';
import { run as promoteImage } from '../../src/commands/promote-image/run.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import type { Result } from '../../src/result.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { sha256 } from '../support/fake-registry.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { type TestIo, testIo } from '../support/test-io.js';
import { builderThatTrustsTheLab } from './builder.js';

const execute = promisify(execFile);
const { LAB_REGISTRY, LAB_ECR, LAB_ECR_OTHER, LAB_BUILDER = '', AWS_ENDPOINT_URL } = process.env;
const needs = (name: string, value: string | undefined) => (value ? false : `needs ${name}`);
const BOTH = 'linux/amd64,linux/arm64';

const noDestinationLogin = {
  destination_role: '',
  destination_username: '',
  destination_password: '',
  destination_workload_identity_provider: '',
  destination_service_account: '',
};

/** A repository, a commit and a folder of their own for one test. */
function world(t: Test, host: string, env: Record<string, string | undefined> = {}) {
  const id = randomBytes(6).toString('hex');
  const commit = randomBytes(20).toString('hex');
  const repository = `${host}/e2e/${id}`;
  const cwd = t.testdir({ Dockerfile: `FROM node:20-slim\nCOPY text /text\n`, text: id });
  const real = testIo({ cwd, env: { ...process.env, ...env } });
  const made: string[] = [];
  const makeTemporary = async () => {
    made.push(await real.files.makeTemporary());
    return made.at(-1) ?? '';
  };
  const io = { ...real, files: { ...real.files, makeTemporary } };
  /** Temporary folders that are still there; at least one must have been made. */
  const leftovers = () => (made.length === 0 ? ['none was made'] : made.filter((folder) => existsSync(folder)));
  const login = { ...NO_LOGIN };
  const base = { repository, commit, ...login, directory: 'records', dry_run: false };
  const build = (platform: string, more: Record<string, string | boolean> = {}) =>
    buildImage({ ...base, ...NO_INPUTS, platform, builder: LAB_BUILDER, ...more }, io);
  const publish = (more: Record<string, string | boolean> = {}) =>
    publishImage({ ...base, platforms: BOTH, pointers: '', strict: false, ...more }, io);
  const verify = (environment: string, after: string, more: Record<string, string> = {}) =>
    verifyImage({ ...base, ...NOT_COMPARED, environment, after, platforms: '', ...more }, io);
  const pass = (environment: string, more: Record<string, string | boolean> = {}) =>
    passImage({ ...base, environment, image: '', ...more }, io);
  const promote = (destination: string, more: Record<string, string | boolean> = {}) =>
    promoteImage({ ...base, ...noDestinationLogin, destination, by: 'copy', image: '', timeout: '30m', ...more }, io);
  return { repository, commit, cwd, io, build, publish, verify, pass, promote, leftovers };
}

async function skopeo(reference: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('skopeo', ['inspect', ...args, `docker://${reference}`]);
  return stdout;
}

const readJson = async (...path: readonly string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

function good(t: Test, result: Result<Done, Failure>) {
  t.ok(result.ok, result.ok ? result.value.summary : [result.error.cause, ...(result.error.details ?? [])].join('\n'));
}

function show(t: Test, io: TestIo) {
  for (const line of io.out().split('\n')) t.comment(line);
}

t.test(
  'two platforms, one index, two environments',
  { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 },
  async (t) => {
    const { repository, commit, cwd, io, build, publish, verify, pass, leftovers } = world(t, LAB_REGISTRY ?? '');

    t.match(await verify('staging', ''), { ok: false, error: { code: 1, cause: `commit ${commit} has no image` } });
    t.match(await publish(), { ok: false, error: { code: 1, cause: 'there is no image of linux/amd64, linux/arm64' } });

    t.match(await build('linux/amd64', { dry_run: true }), {
      ok: true,
      value: { summary: /^would build linux\/amd64/ },
    });
    good(t, await build('linux/amd64'));
    good(t, await build('linux/arm64'));
    t.same(leftovers(), [], 'no temporary folder is left');
    const amd = await readJson(cwd, 'records/linux-amd64.json');
    const arm = await readJson(cwd, 'records/linux-arm64.json');
    t.match(amd, { version: 1, commit, repository, platform: 'linux/amd64', digest: /^sha256:/ });
    const config = JSON.parse(await skopeo(`${repository}@${arm.digest}`, '--tls-verify=false', '--config', '--raw'));
    t.match(config, { os: 'linux', architecture: 'arm64' });
    // The lab's base image is of amd64 only: the config says what was asked for, and only the warning tells.
    t.match(
      io.out(),
      'Warning: Base image node:20-slim was pulled with platform "linux/amd64", expected "linux/arm64"',
    );
    t.equal(config.config.Labels['org.opencontainers.image.revision'], commit);

    good(t, await publish({ dry_run: true }));
    t.match(await verify('staging', ''), { ok: false }, 'a dry run publishes nothing');
    good(t, await publish());
    const index = JSON.parse(await skopeo(`${repository}:${commit}`, '--tls-verify=false', '--raw'));
    t.same(
      index.manifests.map((one: { digest: string }) => one.digest),
      [amd.digest, arm.digest],
    );
    const release = await readJson(cwd, 'records/release.json');
    t.match(release, { commit, images: [{ repository, platforms: ['linux/amd64', 'linux/arm64'] }] });
    const { digest } = release.images[0];

    good(t, await publish());
    good(t, await verify('staging', '', { platforms: BOTH }));
    t.match(await verify('staging', '', { platforms: 'linux/s390x' }), {
      ok: false,
      error: { code: 1, cause: 'lacks linux/s390x' },
    });
    t.match(await verify('production', 'staging'), {
      ok: false,
      error: { cause: `staging has not passed commit ${commit}: there is no tag staging.${commit} in ${repository}` },
    });
    good(t, await pass('staging', { dry_run: true }));
    t.match(await verify('production', 'staging'), { ok: false }, 'a dry run passes nothing');
    good(t, await pass('staging'));
    t.match(await pass('staging'), { ok: true, value: { summary: /before$/ } }, 'again: nothing to do');
    t.equal(
      await skopeo(`${repository}:staging.${commit}`, '--tls-verify=false', '--raw'),
      await skopeo(`${repository}:${commit}`, '--tls-verify=false', '--raw'),
      'the same bytes',
    );
    good(t, await verify('production', 'staging'));
    t.match(io.out(), `image:       ${repository}@${digest}`);
    t.match(await pass('staging', { image: `${repository}@${amd.digest}` }), {
      ok: false,
      error: { code: 1, cause: 'with another digest' },
    });

    t.match(await build('linux/arm64'), { ok: true, value: { summary: arm.digest } }, 'published: not built again');
    t.match(io.out(), 'Nothing is built.');
    show(t, io);
  },
);

t.test(
  'two pipelines of one commit: the first published wins',
  { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 },
  async (t) => {
    const first = world(t, LAB_REGISTRY ?? '');
    good(t, await first.build('linux/amd64'));
    const winner = await readJson(first.cwd, 'records/linux-amd64.json');
    const cwd = t.testdir({ Dockerfile: `FROM node:20-slim\nCOPY text /text\n`, text: 'something else' });
    const io = testIo({ cwd, env: process.env });
    const login = { ...NO_LOGIN };
    const base = { repository: first.repository, commit: first.commit, ...login, directory: 'other', dry_run: false };
    const again = { ...base, ...NO_INPUTS, platform: 'linux/amd64' };
    good(t, await buildImage({ ...again, builder: LAB_BUILDER }, io));
    const loser = await readJson(cwd, 'other/linux-amd64.json');
    t.not(loser.digest, winner.digest);

    const firstRecords = { platforms: 'linux/amd64', pointers: '', strict: false };
    const firstIo = testIo({ cwd, env: process.env });
    await firstIo.files.write('records/linux-amd64.json', JSON.stringify(winner));
    good(t, await publishImage({ ...base, ...firstRecords, directory: 'records' }, firstIo));
    t.match(await publishImage({ ...base, ...firstRecords }, io), { ok: true, value: { summary: winner.digest } });
    t.match(io.out(), loser.digest);
    t.equal((await readJson(cwd, 'other/release.json')).images[0].digest, winner.digest, 'a single image has no index');
    show(t, io);
  },
);

t.test(
  "Docker's own driver pushes under a tag of the platform",
  { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 },
  async (t) => {
    const { commit, repository, io, build, publish } = world(t, LAB_REGISTRY ?? '');
    good(t, await build('linux/amd64', { builder: 'default' }));
    const pushed = JSON.parse(await skopeo(`${repository}:${commit}-linux-amd64`, '--tls-verify=false'));
    t.match(await build('linux/amd64', { builder: 'default' }), { ok: true, value: { summary: pushed.Digest } });
    t.match(io.out(), 'was built by an earlier run');
    t.match(await publish({ platforms: 'linux/amd64' }), { ok: true, value: { summary: pushed.Digest } });
    show(t, io);
  },
);

t.test('a build that fails', { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 }, async (t) => {
  const { io, cwd, build } = world(t, LAB_REGISTRY ?? '');
  const fails = async (dockerfile: string, platform = 'linux/amd64', builder = LAB_BUILDER) => {
    await io.files.write(join(cwd, 'Dockerfile'), dockerfile);
    const result = await build(platform, { builder });
    t.comment(JSON.stringify(result, null, 2));
    return result;
  };
  for (const builder of [LAB_BUILDER, 'default']) {
    t.match(await fails('FROM node:20-slim\nRUN echo about to fail && exit 3\n', 'linux/amd64', builder), {
      ok: false,
      error: { code: 1, cause: /echo about to fail.*exit code: 3$/ },
    });
  }
  t.match(await fails('FROM node:20-slim\nCOPY nothing /nothing\n'), { ok: false, error: { cause: /"\/nothing"/ } });
  t.match(await fails('FRUM node:20-slim\n'), { ok: false, error: { cause: /unknown instruction: FRUM/ } });
  t.match(await build('linux/amd64', { builder: 'no-such-builder' }), {
    ok: false,
    error: { cause: /the buildx builder "no-such-builder" cannot be used: .*no-such-builder/ },
  });
  t.match(await build('linux/amd64', { dockerfile: 'missing' }), { ok: false, error: { cause: /missing/ } });
});

t.test(
  'ECR: login by a role, the whole way',
  { skip: needs('LAB_ECR', LAB_ECR) || needs('AWS_ENDPOINT_URL', AWS_ENDPOINT_URL), timeout: 900_000 },
  async (t) => {
    const account = (LAB_ECR ?? '').slice(0, 12);
    const role = `arn:aws:iam::${account}:role/shop-push`;
    const env = {
      ...(await builderThatTrustsTheLab(t)),
      CIRCLECI: 'true',
      CIRCLE_OIDC_TOKEN_V2: 'header.e30.signature',
      // Static keys that happen to be there: with a role they must not be used.
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const { repository, commit, io, build, publish, verify, pass, leftovers } = world(t, LAB_ECR ?? '', env);
    good(t, await build('linux/amd64', { role, builder: 'ecr' }));
    good(t, await build('linux/arm64', { role, builder: 'ecr' }));
    t.same(leftovers(), [], 'the login is removed');
    good(t, await publish({ role }));
    good(t, await verify('staging', '', { role }));
    good(t, await pass('staging', { role }));
    good(t, await verify('production', 'staging', { role }));
    const tag = `${repository}:staging.${commit}`;
    const read = await skopeo(tag, '--tls-verify=false', `--creds=AWS:${account}-auth-token`, '--raw');
    t.match(JSON.parse(read), {
      manifests: [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'arm64' } }],
    });
    t.notMatch(io.out() + io.err(), 'auth-token', 'the password is in no log');
    t.match(await verify('staging', '', { role: role.replace(account, '999999999999') }), {
      ok: false,
      error: { code: 1, cause: /does not accept the login/ },
    });

    const plain = world(t, LAB_ECR ?? '', { ...env, DOCKER_CONFIG: undefined });
    good(t, await plain.build('linux/amd64', { role, builder: 'default' }));
    good(t, await plain.publish({ role, platforms: 'linux/amd64' }));
    show(t, plain.io);
  },
);

t.test(
  'build arguments, secrets, a stage, a cache in the registry',
  { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 },
  async (t) => {
    const secret = `s3cret-${randomBytes(8).toString('hex')}`;
    const { repository, cwd, io, build } = world(t, LAB_REGISTRY ?? '', { NPM_TOKEN: secret, UNSET: undefined });
    const value = `it's "$(id)" \`id\` \${HOME} << x >> --push, a=b`;
    const dockerfile = [
      'FROM node:20-slim AS production',
      'ARG GREETING',
      'ARG SALT',
      'RUN printf %s "$GREETING" >/greeting',
      // What is written is a fingerprint: that the secret was there, and not what it is.
      'RUN --mount=type=secret,id=NPM_TOKEN sha256sum /run/secrets/NPM_TOKEN | cut -c1-64 >/fingerprint && echo slow-$((40 + 2))',
      'COPY text /text',
      'FROM production AS debug',
      'RUN exit 1',
    ];
    await io.files.write(join(cwd, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
    const args = JSON.stringify({ GREETING: value, SALT: randomBytes(8).toString('hex') });
    const options = { args, target: 'production', cache: 'registry' };

    t.match(await build('linux/amd64', { ...options, secrets: 'NPM_TOKEN,UNSET' }), {
      ok: false,
      error: { code: 1, cause: 'the build needs the secret UNSET, which is not set in the environment' },
    });
    t.notMatch(io.out(), /Building/, 'before the build starts');
    t.match(await build('linux/amd64', { args, secrets: 'NPM_TOKEN' }), { ok: false, error: { cause: /exit 1/ } });
    good(t, await build('linux/amd64', { ...options, secrets: 'NPM_TOKEN' }));
    const { digest } = await readJson(cwd, 'records/linux-amd64.json');
    const files = await filesOf(t, `${repository}@${digest}`);
    t.equal(files.greeting, value, 'the value arrives as it is');
    t.equal(files.fingerprint.trim(), createHash('sha256').update(secret).digest('hex'), 'the RUN had the secret');
    const cache = await filesOf(t, `${repository}:buildcache-linux-amd64`);
    for (const [what, text] of Object.entries({ image: files.all, cache: cache.all, log: io.out() + io.err() })) {
      t.ok(text.length > 100, `the ${what} is read`);
      t.notOk(text.includes(secret), `the secret is not in the ${what}`);
    }

    // Another builder knows nothing: what it does not have to do, it has from the registry.
    const fresh = await builderThatTrustsTheLab(t);
    const second = testIo({ cwd, env: { ...process.env, ...fresh, NPM_TOKEN: secret } });
    await second.files.write('text', 'another commit');
    const commit = randomBytes(20).toString('hex');
    const login = { ...NO_LOGIN };
    const base = { repository, commit, ...login, directory: 'second', dry_run: false };
    const inputs = { context: '.', dockerfile: 'Dockerfile', secrets: 'NPM_TOKEN', attestations: '', ...options };
    good(t, await buildImage({ ...base, ...inputs, platform: 'linux/amd64', builder: 'ecr' }, second));
    t.match(second.out(), /importing cache manifest from [^\n]*:buildcache-linux-amd64\n/);
    t.match(second.out(), /^#\d+ CACHED$/m);
    t.match(io.out(), /^#\d+ [\d.]+ slow-42$/m, 'the first time the RUN ran');
    t.notMatch(second.out(), /^#\d+ [\d.]+ slow-42/m, 'and was not run again');
    // A file that is written anew has another time, so its layer another digest.
    const layersOf = async (reference: string): Promise<readonly { digest: string }[]> =>
      JSON.parse(await skopeo(reference, '--tls-verify=false', '--raw')).layers;
    const before = await layersOf(`${repository}@${digest}`);
    const after = await layersOf(`${repository}@${(await readJson(cwd, 'second/linux-amd64.json')).digest}`);
    t.strictSame(after.slice(0, -1), before.slice(0, -1), 'the layers but the last are the very same');
    t.not(after.at(-1)?.digest, before.at(-1)?.digest);
    t.notOk(second.out().includes(secret));
    show(t, second);
  },
);

/** The files of an image's layers, as text: `greeting`, `fingerprint`, and everything, manifest and config included. */
async function filesOf(t: Test, reference: string) {
  const folder = await mkdtemp(join(tmpdir(), 'e2e-image-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await execute('skopeo', [
    'copy',
    '--src-tls-verify=false',
    '--dest-decompress',
    `docker://${reference}`,
    `dir:${folder}`,
  ]);
  let all = '';
  const found: Record<string, string> = {};
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    all += bytes.toString('latin1');
    if (bytes.subarray(257, 262).toString() !== 'ustar') continue;
    for (const file of ['greeting', 'fingerprint']) {
      const read = await execute('tar', ['-xOf', join(folder, name), file]).catch(() => undefined);
      if (read !== undefined) found[file] = read.stdout;
    }
  }
  return { all, greeting: found['greeting'] ?? '', fingerprint: found['fingerprint'] ?? '' };
}

t.test(
  'pointers are moved, and aliases only forward',
  { skip: needs('LAB_REGISTRY', LAB_REGISTRY), timeout: 900_000 },
  async (t) => {
    const { repository, io, cwd, build, publish } = world(t, LAB_REGISTRY ?? '');
    const env = io.env as Record<string, string | undefined>;
    const pointers = 'branch,git-tag,semver';
    const release = async (tag: string | undefined, branch: string | undefined) => {
      const commit = randomBytes(20).toString('hex');
      env['CIRCLE_TAG'] = tag;
      env['CIRCLE_BRANCH'] = branch;
      await io.files.write(join(cwd, 'text'), commit);
      good(t, await build('linux/amd64', { commit }));
      good(t, await publish({ commit, platforms: 'linux/amd64', pointers }));
      const digest = await on(commit);
      t.match(digest, /^sha256:/, 'the SHA tag is always there');
      return { commit, digest };
    };
    const on = async (tag: string): Promise<string> =>
      JSON.parse(await skopeo(`${repository}:${tag}`, '--tls-verify=false')).Digest;
    const a = await release('v1.4.2', undefined);
    t.strictSame(await Promise.all(['v1.4.2', '1.4.2', '1.4', '1'].map(on)), Array(4).fill(a.digest));
    const b = await release('v1.5.0', undefined);
    const c = await release('v1.4.3', undefined);
    t.strictSame(
      await Promise.all(['1.4.2', '1.4.3', '1.4', '1.5', '1'].map(on)),
      [a, c, c, b, b].map(({ digest }) => digest),
    );
    const d = await release('v2.0.0-rc.1', undefined);
    t.equal(await on('v2.0.0-rc.1'), d.digest, 'the git tag');
    await t.rejects(on('2'), 'no alias for a pre-release');
    const e = await release(undefined, 'feature/x');
    t.equal(await on('feature-x'), e.digest);
    const f = await release(undefined, 'feature/x');
    t.equal(await on('feature-x'), f.digest, 'a branch moves on');
    for (const { commit, digest } of [a, b, c, d, e, f]) t.equal(await on(commit), digest, 'no SHA tag has moved');
    t.match(await publish({ commit: f.commit, platforms: 'linux/amd64', pointers }), { ok: true }, 'again');
    t.match(io.out(), `${repository}:feature-x is on ${f.digest} already.`);
    show(t, io);
  },
);

t.test(
  'a login by variables of a context, the whole way',
  { skip: needs('LAB_ECR', LAB_ECR), timeout: 900_000 },
  async (t) => {
    const password = `${(LAB_ECR ?? '').slice(0, 12)}-auth-token`;
    const repository = `${LAB_ECR}/e2e/${randomBytes(6).toString('hex')}`;
    const commit = randomBytes(20).toString('hex');
    const cwd = t.testdir({ Dockerfile: 'FROM node:20-slim\nCOPY text /text\n', text: commit });
    const env = {
      ...process.env,
      ...(await builderThatTrustsTheLab(t)),
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      CIRCLE_SHA1: commit,
      CIRCLE_BRANCH: 'main',
      REGISTRY_USER: 'AWS',
      REGISTRY_PASSWORD: password,
      // As the orb hands parameters over: by name, which is all that the config knows.
      BUILD_ONCE_REPOSITORY: repository,
      BUILD_ONCE_USERNAME: '$REGISTRY_USER',
      BUILD_ONCE_PASSWORD: '$REGISTRY_PASSWORD',
    };
    const outputs: string[] = [];
    const run = async (args: readonly string[], more: Readonly<Record<string, string | undefined>> = {}) => {
      const io = testIo({ cwd, env: { ...env, ...more } });
      const code = await runBuildOnce(args, io);
      for (const line of `${args.join(' ')}: ${code}\n${io.out()}${io.err()}`.split('\n')) t.comment(line);
      outputs.push(io.out() + io.err());
      return { code, text: io.out() + io.err() };
    };
    const none = await run(['build-image', '--platform=linux/amd64', '--builder=ecr'], {
      REGISTRY_PASSWORD: undefined,
    });
    t.match(none, { code: 2, text: /\$REGISTRY_PASSWORD is not set in the environment/ });
    const given = await run(['build-image', '--platform=linux/amd64', '--password', password]);
    t.match(given, { code: 2, text: /a secret is in no argument/ });
    const wrong = await run(['build-image', '--platform=linux/amd64'], { REGISTRY_PASSWORD: 'wr0ng-pass' });
    t.match(wrong, { code: 1, text: /does not accept the login/ });
    t.equal((await run(['build-image', '--platform=linux/amd64', '--builder=ecr'])).code, 0);
    t.equal((await run(['publish-image', '--pointers=branch'])).code, 0);
    t.equal((await run(['verify-image', '--environment=staging'])).code, 0);
    t.equal((await run(['pass-image', '--environment=staging'])).code, 0);
    t.equal((await run(['verify-image', '--environment=production', '--after=staging'])).code, 0);
    const creds = ['--tls-verify=false', `--creds=AWS:${password}`];
    const digests = await Promise.all(
      [commit, 'main', `staging.${commit}`].map(
        async (tag) => JSON.parse(await skopeo(`${repository}:${tag}`, ...creds)).Digest,
      ),
    );
    t.equal(new Set(digests).size, 1, 'one digest under the SHA, the pointer and the proof');
    t.notMatch(outputs.join('\n'), /auth-token|wr0ng-pass/, 'no password is in a log');
    for (const name of await readdir(join(cwd, '.build-once'))) {
      t.notMatch(await readFile(join(cwd, '.build-once', name), 'utf8'), 'auth-token', `nor in ${name}`);
    }
  },
);

t.test(
  'promoted to another account and region, to another registry, and inside of one',
  {
    skip: needs('LAB_REGISTRY', LAB_REGISTRY) || needs('LAB_ECR', LAB_ECR) || needs('LAB_ECR_OTHER', LAB_ECR_OTHER),
    timeout: 900_000,
  },
  async (t) => {
    const env = { ...process.env, CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: 'header.e30.signature' };
    const { repository, commit, cwd, io, verify, pass, promote } = world(t, LAB_REGISTRY ?? '', env);
    // With attestations: an index that names more than the images.
    const args = ['buildx', 'build', '--builder', LAB_BUILDER, '--platform', BOTH, '--provenance=mode=max', '--push'];
    await execute('docker', [...args, '--tag', `${repository}:${commit}`, cwd]);
    good(t, await verify('staging', ''));
    good(t, await pass('staging'));
    good(t, await verify('production', 'staging'));
    const raw = await skopeo(`${repository}:${commit}`, '--tls-verify=false', '--raw');
    const index = JSON.parse(raw);
    t.equal(index.manifests.length, 4, 'two images and two attestations');

    const other = `${LAB_ECR_OTHER}/e2e/${commit.slice(0, 12)}`;
    const account = (LAB_ECR_OTHER ?? '').slice(0, 12);
    const role = { destination_role: `arn:aws:iam::${account}:role/shop-promote` };
    good(t, await promote(other, { ...role, dry_run: true }));
    t.notMatch(io.out(), 'was copied', 'a dry run copies nothing');
    good(t, await promote(other, role));
    const creds = ['--tls-verify=false', `--creds=AWS:${account}-auth-token`];
    t.equal(await skopeo(`${other}:${commit}`, ...creds, '--raw'), raw, 'the very same bytes');
    for (const { digest } of index.manifests) {
      const there = await skopeo(`${other}@${digest}`, ...creds, '--raw');
      t.equal(there, await skopeo(`${repository}@${digest}`, '--tls-verify=false', '--raw'), digest);
    }
    t.match(await readJson(cwd, 'records/release.json'), { images: [{ repository: other, from: repository }] });
    good(t, await pass('production'));
    const passed = JSON.parse(await skopeo(`${repository}:production.${commit}`, '--tls-verify=false'));
    t.equal(passed.Digest, sha256(raw), 'passed in the repository that environments look at');
    await t.rejects(skopeo(`${other}:production.${commit}`, ...creds), 'and not in the other');
    t.match(io.out(), /was copied\./);

    // Everything there: another run moves nothing, though its record still says where the image comes from.
    const before = io.out().length;
    good(t, await promote(other, role));
    t.match(io.out().slice(before), 'is there already, with this digest');
    t.notMatch(io.out().slice(before), 'was copied');

    // Inside of one registry nothing is sent at all.
    good(t, await verify('qa', ''));
    const inside = `${LAB_REGISTRY}/e2e/${commit.slice(0, 12)}-inside`;
    const start = io.out().length;
    good(t, await promote(inside));
    t.match(io.out().slice(start), 'was taken over inside of the registry');
    t.notMatch(io.out().slice(start), 'was copied');
    t.equal(await skopeo(`${inside}:${commit}`, '--tls-verify=false', '--raw'), raw);

    // Between two of ECR, where the login of each is its own.
    const ecr = `${LAB_ECR}/e2e/${commit.slice(0, 12)}`;
    const own = `arn:aws:iam::${(LAB_ECR ?? '').slice(0, 12)}:role/shop-push`;
    good(t, await verify('dev', ''));
    good(t, await promote(ecr, { destination_role: own }));
    const back = `${LAB_ECR_OTHER}/e2e/${commit.slice(0, 12)}-back`;
    good(t, await promote(back, { ...role, repository: ecr, role: own, image: `${ecr}@${sha256(raw)}` }));
    t.equal(await skopeo(`${back}:${commit}`, ...creds, '--raw'), raw);

    // A tag that is on something else there is not moved.
    await execute('docker', [...args, '--no-cache', '--tag', `${inside}-taken:${commit}`, cwd]);
    good(t, await verify('dev', ''));
    t.match(await promote(`${inside}-taken`), {
      ok: false,
      error: { code: 1, cause: /is there already with another digest/ },
    });
    t.notMatch(io.out() + io.err(), 'auth-token', 'no password is in a log');
    show(t, io);
  },
);

t.test('EKS: a cluster that the API describes', { skip: needs('AWS_ENDPOINT_URL', AWS_ENDPOINT_URL) }, async (t) => {
  const io = testIo({ env: process.env });
  const name = `e2e-${randomBytes(4).toString('hex')}`;
  const absent = await eksCluster({ name, region: 'us-east-1', role: '' }, io);
  t.match(absent, { ok: false, error: { cause: `there is no EKS cluster "${name}" in us-east-1` } });
  await fetch(`${AWS_ENDPOINT_URL}/clusters`, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=lab/20260101/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=x',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name, roleArn: 'arn:aws:iam::123456789012:role/eks', resourcesVpcConfig: {} }),
  });
  const cluster = await eksCluster({ name, region: 'us-east-1', role: '' }, io);
  t.match(cluster, { ok: true, value: { server: /^https:/ } });
});
