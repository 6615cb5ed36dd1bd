import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { buildArguments, explainBuild } from '../../src/commands/build-image/buildx.js';
import { parseBuildArguments, parseSecrets } from '../../src/commands/build-image/inputs.js';
import { run as buildImage } from '../../src/commands/build-image/run.js';
import { openRepository } from '../../src/commands/open-repository.js';
import { makeTag, readPointers } from '../../src/commands/publish-image/pointers.js';
import { run as publishImage } from '../../src/commands/publish-image/run.js';
import { compareVersions, findHighest, formatVersion, parseVersion } from '../../src/commands/publish-image/version.js';
import { isReservedTag } from '../../src/commands/reserved-tags.js';
import { isTag } from '../../src/reference.js';
import { addImage, fakeRegistry, sendError } from '../support/fake-registry.js';
import { NO_INPUTS } from '../support/no-inputs.js';
import { NO_LOGIN } from '../support/no-login.js';
import { said } from '../support/said.js';
import { fakeClock, type ScriptedProcess, testIo } from '../support/test-io.js';

const commit = '0123456789abcdef0123456789abcdef01234567';

t.test('build arguments and secrets', async (t) => {
  const hostile = {
    NODE_ENV: 'production',
    _X1: '"$(id)" `id` ${HOME} << pipeline.id >> \n\t--push=true,type=image',
    EMPTY: '',
    EQUALS: 'a=b=c',
    UNICODE: 'ünï ☃',
  };
  t.strictSame(parseBuildArguments(JSON.stringify(hostile)), { ok: true, value: Object.entries(hostile) });
  t.strictSame(parseBuildArguments(''), { ok: true, value: [] });
  t.strictSame(parseBuildArguments('{}'), { ok: true, value: [] });
  for (const [text, cause] of [
    ['NODE_ENV=x', /^--args is NODE_ENV=x: expected a JSON object like/],
    ['["a"]', /expected a JSON object/],
    ['{"A": 1}', /^--args has A: 1, expected a string$/],
    ['{"A": null}', /A: null, expected a string/],
    ['{"A-B": "x"}', /has the name "A-B"/],
    ['{"": "x"}', /has the name ""/],
    ['{"2A": "x"}', /has the name "2A"/],
    ['{"A=--push": "x"}', /has the name/],
    ['{"A": "x\\u0000y"}', /zero byte/],
  ] as const) {
    t.match(parseBuildArguments(text), { ok: false, error: { code: 2, cause } }, text);
  }
  const env = { NPM_TOKEN: 't0ken', OTHER: 'x', EMPTY: '' };
  t.strictSame(parseSecrets('', env), { ok: true, value: [] });
  t.strictSame(parseSecrets('NPM_TOKEN, OTHER', env), { ok: true, value: ['NPM_TOKEN', 'OTHER'] });
  t.match(parseSecrets('GONE,NPM_TOKEN,EMPTY', env), {
    ok: false,
    error: { code: 1, cause: 'the build needs the secret GONE, EMPTY, which is not set', next: /Add the context/ },
  });
  for (const text of ['$NPM_TOKEN', 'A B', 'NPM_TOKEN,', ',', 'id=x']) {
    t.match(parseSecrets(text, env), { ok: false, error: { code: 2, cause: /^item \d of --secrets is not the name/ } });
  }
  t.match(parseSecrets('OTHER,OTHER', env), { ok: false, error: { code: 2, cause: '--secrets names OTHER twice' } });

  const build = {
    repository: 'ghcr.io/acme/shop',
    platform: 'linux/amd64',
    context: '.',
    dockerfile: 'Dockerfile',
    target: 'prod',
    builder: '',
    labels: [],
    attestations: [],
    tag: undefined,
    metadataFile: 'm',
  };
  const plain = buildArguments({ ...build, args: [], secrets: [], cache: undefined });
  t.notMatch(plain.join(' '), /build-arg|secret|cache/);
  const args = buildArguments({
    ...build,
    args: Object.entries(hostile),
    secrets: ['NPM_TOKEN'],
    cache: 'ghcr.io/acme/shop:buildcache-linux-amd64',
  });
  const cache = 'type=registry,ref=ghcr.io/acme/shop:buildcache-linux-amd64';
  t.strictSame(
    args.filter((one) => !plain.includes(one)),
    [
      ...Object.entries(hostile).map(([name, value]) => `--build-arg=${name}=${value}`),
      '--secret=id=NPM_TOKEN,env=NPM_TOKEN',
      `--cache-from=${cache}`,
      `--cache-to=${cache},mode=max,image-manifest=true,oci-mediatypes=true`,
    ],
    'one argument each, whatever is in a value',
  );
  t.strictSame(args.slice(-2), ['--', '.']);

  const stderr = 'ERROR: failed to solve: error writing manifest blob: 400: tag is immutable';
  const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop';
  const failed = explainBuild(
    { exitCode: 1, stdout: '', stderr },
    { ...build, repository: ecr, cache: `${ecr}:buildcache-linux-amd64` },
  );
  t.match(failed.next, /^The cache .*--repository-name shop .*IMMUTABLE_WITH_EXCLUSION.*filter=buildcache-\*/);
  t.equal(explainBuild({ exitCode: 1, stdout: '', stderr }, build).next, undefined);
});

t.test('a build on a machine of another processor says which one it needs', async (t) => {
  const stderr = [
    ' > [2/2] RUN true:',
    '0.311 exec /bin/sh: exec format error',
    '------',
    'ERROR: failed to solve: process "/bin/sh -c true" did not complete successfully: exit code: 255',
  ].join('\n');
  const built = { platform: 'linux/arm64', dockerfile: 'Dockerfile', repository: 'ghcr.io/acme/shop' };
  const failed = explainBuild({ exitCode: 1, stdout: '', stderr }, built);
  t.match(failed.next, /Give the job a machine of linux\/arm64/);
});

/** A registry, and a docker that answers `info` and `inspect` as told and builds an image of amd64. */
async function world(t: Test, env: Readonly<Record<string, string>> = {}, script: ScriptedProcess = () => ({})) {
  const fake = await fakeRegistry(t);
  const cwd = t.testdir({});
  const calls: (readonly string[])[] = [];
  const environments: (Readonly<Record<string, string | undefined>> | undefined)[] = [];
  const processes: ScriptedProcess = async (command, args, options) => {
    if (command === 'git') return {};
    calls.push(args);
    if (args[1] === 'build') {
      environments.push(options.env);
      const file = args.find((one) => one.startsWith('--metadata-file='))?.slice('--metadata-file='.length) ?? '';
      const digest = addImage(fake, 'shop', { architecture: 'amd64' });
      writeFileSync(file, JSON.stringify({ 'containerimage.digest': digest }));
    }
    return script(command, args, options);
  };
  const io = testIo({ cwd, clock: fakeClock(), env, processes });
  const login = { ...NO_LOGIN };
  const base = { repository: `${fake.host}/shop`, commit, ...login, directory: 'records', dry_run: false };
  type More = Readonly<Record<string, string | boolean>>;
  return {
    fake,
    cwd,
    io,
    calls,
    environments,
    build: async (more: More = {}) =>
      said(await buildImage({ ...base, ...NO_INPUTS, platform: 'linux/amd64', builder: '', ...more }, io)),
    publish: async (pointers: string, more: More = {}) =>
      said(await publishImage({ ...base, platforms: 'linux/amd64', pointers, strict: false, ...more }, io)),
    /** Leaves a record of an image that is not like those before; returns its digest. */
    built: (salt: string) => {
      const digest = addImage(fake, 'shop', { architecture: 'amd64', salt });
      mkdirSync(join(cwd, 'records'), { recursive: true });
      const record = { version: 1, commit, repository: base.repository, platform: 'linux/amd64', digest };
      writeFileSync(join(cwd, 'records/linux-amd64.json'), JSON.stringify(record));
      fake.manifests.delete(`shop:${commit}`);
      return digest;
    },
    digestOf: (tag: string) => {
      const bytes = fake.manifests.get(`shop:${tag}`)?.bytes;
      return [...fake.manifests]
        .find(([key, one]) => key.includes('sha256:') && bytes?.equals(one.bytes))?.[0]
        .slice(5);
    },
  };
}

const driver = (name: string) => ({ stdout: `Name: x\nDriver:        ${name}\n` });

t.test('build_image passes its inputs on', async (t) => {
  const { build, calls, io, environments, fake } = await world(t, { NPM_TOKEN: 't0ken-of-npm' }, (_, args) =>
    args[1] === 'inspect' ? driver('docker-container') : {},
  );
  t.match(await build({ args: '{"A-B": "x"}' }), /^2: --args has the name/);
  t.match(await build({ secrets: 'NPM_TOKEN,SENTRY' }), /^1: the build needs the secret SENTRY, which is not set/);
  t.match(await build({ username: 'me' }), /^2: there is a --username, but no --password/);
  t.match(await build({ password: 'x' }), /^2: there is a --password, but no --username/);
  t.strictSame(calls, [], 'nothing is run');
  t.match(await build({ args: '{"A": "x y"}', secrets: 'NPM_TOKEN', cache: 'registry', dry_run: true }), /^ok: would/);
  t.match(io.out(), '"--build-arg=A=x y" --secret=id=NPM_TOKEN,env=NPM_TOKEN --cache-from=type=registry,ref=');
  t.match(
    await build({ args: '{"A": "x"}', secrets: 'NPM_TOKEN', cache: 'registry', username: 'me', password: 'pass word' }),
    /^ok/,
  );
  const words = calls.flat().join(' ');
  t.match(words, `--cache-to=type=registry,ref=${fake.host}/shop:buildcache-linux-amd64,mode=max`);
  const [env = {}] = environments;
  t.match(env, {
    NPM_TOKEN: 't0ken-of-npm',
    BUILD_ONCE_LOGIN_0: JSON.stringify({ ServerURL: fake.host, Username: 'me', Secret: 'pass word' }),
  });
  for (const secret of ['t0ken-of-npm', 'pass word']) t.notOk(`${words}${io.out()}${io.err()}`.includes(secret));
});

t.test('a builder that can write a cache to a registry', async (t) => {
  const scripted =
    (answers: Readonly<Record<string, ReturnType<ScriptedProcess>>>): ScriptedProcess =>
    (_, args) =>
      answers[args.slice(0, 4).join(' ')] ?? answers[args.slice(0, 2).join(' ')] ?? {};
  const store = { stdout: '[["driver-type","io.containerd.snapshotter.v1"]]' };
  const names = (calls: readonly (readonly string[])[]) => calls.map((args) => args.slice(0, 2).join(' '));

  const containerd = await world(t, {}, scripted({ 'buildx inspect': driver('docker'), 'info --format': store }));
  t.match(await containerd.build({ cache: 'registry' }), /^ok/);
  t.match(containerd.calls.at(-1)?.join(' '), 'push-by-digest=true', 'it is asked by trying');
  t.strictSame(names(containerd.calls), ['buildx inspect', 'info --format', 'buildx build'], 'the one that is there');

  const missing = { exitCode: 1, stderr: 'ERROR: no builder "build-once" found' };
  const old = { 'buildx inspect': driver('docker'), 'info --format': { stdout: '[["Backing Filesystem","extfs"]]' } };
  const none = await world(t, {}, scripted({ ...old, 'buildx inspect -- build-once': missing }));
  t.match(await none.build({ cache: 'registry', dry_run: true }), /^ok/);
  t.match(none.io.out(), 'the builder build-once (driver docker-container) would be made');
  t.notOk(names(none.calls).includes('buildx create'));
  t.match(await none.build({ cache: 'registry' }), /^ok/);
  t.strictSame(
    none.calls.slice(-2).map((args) => args.slice(0, 3)),
    [
      ['buildx', 'create', '--name'],
      ['buildx', 'build', '--builder=build-once'],
    ],
  );

  const there = await world(t, {}, scripted({ ...old, 'buildx inspect -- build-once': driver('docker-container') }));
  t.match(await there.build({ cache: 'registry' }), /^ok/);
  t.notOk(names(there.calls).includes('buildx create'), 'made once');
  const without = await world(t, {}, scripted(old));
  t.match(await without.build(), /^1: there is no manifest .*-linux-amd64/, 'without a cache it pushes by a tag');
  t.strictSame(names(without.calls), ['buildx inspect', 'info --format', 'buildx build']);

  const create = { exitCode: 1, stderr: 'ERROR: pull access denied for moby/buildkit\n' };
  const denied = await world(
    t,
    {},
    scripted({ ...old, 'buildx inspect -- build-once': missing, 'buildx create': create }),
  );
  t.match(
    await denied.build({ cache: 'registry' }),
    /^1: the builder build-once, .* cannot be made: ERROR: pull access denied/,
  );
});

t.test('names of pointers', async (t) => {
  const tagOf = (name: string, versions = false, kind = 'branch') => makeTag(name, versions, kind).tag;
  t.equal(tagOf('main'), 'main');
  t.equal(makeTag('main', true, 'branch').note, undefined, 'nothing to say');
  t.equal(tagOf('feature/x'), 'feature-x');
  t.match(makeTag('feature/x', false, 'branch').note, 'A branch feature-x would move the same one');
  t.match(tagOf('feature/x y'), /^feature-x-y-[0-9a-f]{8}$/);
  t.not(tagOf('a b'), tagOf('a+b'), 'names that would be the same are kept apart');
  t.not(tagOf('a b'), tagOf('a-b'));
  t.match(tagOf('☃'), /^-?[0-9a-f]{8}$|^[0-9a-f]{8}$/);
  t.match(tagOf('.hidden'), /^hidden-[0-9a-f]{8}$/);
  const [long, longer] = [tagOf('x'.repeat(200)), tagOf('x'.repeat(201))];
  t.equal(long.length, 128);
  t.not(long, longer);
  t.equal(tagOf('x'.repeat(128)), 'x'.repeat(128));
  t.equal(tagOf('1.4'), '1.4');
  t.match(tagOf('1.4', true), /^1\.4-[0-9a-f]{8}$/, 'no branch is an alias');
  t.match(tagOf('1.4.2', true), /^1\.4\.2-[0-9a-f]{8}$/);
  t.match(tagOf('v9.9.9', true), /^v9\.9\.9-[0-9a-f]{8}$/, 'nor does it count as a release');
  t.equal(
    findHighest([tagOf('v9.9.9', true), tagOf('9.9.9', true)], () => true),
    undefined,
  );
  t.match(tagOf('7', true, 'git tag'), /^7-[0-9a-f]{8}$/);
  t.equal(tagOf('1.4.2', true, 'git tag'), '1.4.2', 'a git tag is');
  t.equal(tagOf('v1.4.2', true, 'git tag'), 'v1.4.2');

  // Any name at all: a valid tag, the same each time, and never that of another one by accident.
  const alphabet = [
    'a',
    'B',
    '7',
    '/',
    '-',
    '_',
    '.',
    ' ',
    '\n',
    '$(',
    '`',
    'ü',
    '☃',
    '🎉',
    ':',
    '@',
    '#',
    '"',
    '\\',
    '\0',
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const seen = new Map<string, string>();
  for (let run = 0; run < 3000; run += 1) {
    const name = Array.from(
      { length: 1 + random(run % 10 === 0 ? 150 : 12) },
      () => alphabet[random(alphabet.length)],
    ).join('');
    const tag = tagOf(name, run % 2 === 0);
    if (!isTag(tag) || tag !== tagOf(name, run % 2 === 0)) t.fail(`${JSON.stringify(name)} -> ${tag}`);
    const flat = name.replaceAll('/', '-');
    const other = seen.get(tag) ?? flat;
    if (other !== flat) t.fail(`${JSON.stringify(name)} and ${JSON.stringify(other)} are both ${tag}`);
    seen.set(tag, flat);
  }
  t.ok(seen.size > 1000);

  for (const tag of [
    commit,
    `staging.${commit}`,
    `${commit}-linux-amd64`,
    'buildcache-linux-amd64',
    commit.toUpperCase(),
  ]) {
    t.ok(isReservedTag(tag), tag);
    t.match(readPointers('branch', { CIRCLE_BRANCH: tag }), {
      ok: false,
      error: { code: 2, cause: /cannot be a pointer/ },
    });
  }
  t.match(readPointers('branch', { CIRCLE_BRANCH: `a/b.${commit}` }), { ok: false }, 'sanitised first');
  t.match(readPointers('git-tag', { CIRCLE_TAG: commit }), { ok: false, error: { cause: /^the git tag/ } });
  for (const tag of ['main', 'v1.4.2', commit.slice(1), `${commit}0`, 'buildcache']) t.notOk(isReservedTag(tag), tag);

  t.match(readPointers('branch,sha', {}), {
    ok: false,
    error: { code: 2, cause: /"sha": expected branch, git-tag or semver/ },
  });
  t.match(readPointers('branch,branch', {}), { ok: false, error: { cause: '--pointers names branch twice' } });
  t.strictSame(readPointers('', { CIRCLE_BRANCH: 'main' }), {
    ok: true,
    value: { moved: [], notes: [], release: undefined },
  });
  t.match(readPointers('branch, git-tag,semver', {}), { ok: true, value: { moved: [], notes: { length: 3 } } });
  t.match(readPointers('semver', { CIRCLE_TAG: 'nightly' }), {
    value: { notes: [/nightly is not a version/], release: undefined },
  });
  t.match(readPointers('semver', { CIRCLE_TAG: 'v1.0.0-rc.1' }), {
    value: { notes: [/is a pre-release/], release: undefined },
  });
});

t.test('versions', async (t) => {
  for (const text of ['v1.4.2', '1.4.2', '1.4.2+build.5', 'v0.0.0', '1.4.999999999999999999'])
    t.ok(parseVersion(text), text);
  for (const text of [
    '1.4',
    'v1',
    '01.4.2',
    '1.4.02',
    'V1.4.2',
    '1.4.2 ',
    '1.4.2-',
    'vv1.4.2',
    '1.4.2\n',
    '1.4.9999999999999999999',
    '',
  ]) {
    t.notOk(parseVersion(text), JSON.stringify(text));
  }
  const version = (text: string) => parseVersion(text) ?? t.fail(text);
  t.equal(formatVersion(version('v1.4.2+5') as never), '1.4.2');
  const order = [
    '0.0.9',
    '0.9.0',
    '0.10.0',
    '1.0.0',
    '1.4.2',
    '1.4.10',
    '1.10.0',
    '2.0.0',
    '10.0.0',
    '100000000000000000.0.0',
  ];
  for (const [index, a] of order.entries()) {
    for (const [other, b] of order.entries()) {
      t.equal(
        Math.sign(compareVersions(version(a) as never, version(b) as never)),
        Math.sign(index - other),
        `${a} ${b}`,
      );
    }
  }
  t.match(
    findHighest(['1.2.3', 'v1.10.0', '9.0.0-rc.1', 'main', '1.9', commit], () => true),
    { tag: 'v1.10.0' },
  );
  t.equal(
    findHighest(['main'], () => true),
    undefined,
  );
});

t.test('publish_image moves pointers', async (t) => {
  t.test('branch and git tag', async (t) => {
    const env: Record<string, string> = { CIRCLE_BRANCH: 'feature/x' };
    const { publish, built, digestOf, io, fake } = await world(t, env);
    const first = built('1');
    t.match(await publish('branch,git-tag', { dry_run: true }), /^ok: would publish/);
    t.match(io.out(), 'Would move the pointers feature-x.\n');
    t.equal(digestOf('feature-x'), undefined, 'a dry run moves nothing');
    t.match(await publish('branch,git-tag'), /^ok/);
    t.equal(digestOf('feature-x'), first);
    t.match(io.out(), `shop:feature-x is on ${first} now (new).`);
    t.match(io.out(), 'This pipeline is of no git tag');
    const puts = fake.requests.filter((line) => line.startsWith('PUT'));
    t.strictSame(puts, [`PUT /v2/shop/manifests/${commit}`, 'PUT /v2/shop/manifests/feature-x'], 'the SHA tag first');

    t.match(await publish('branch,git-tag'), /^ok/);
    t.match(io.out(), `shop:feature-x is on ${first} already.`);
    const second = built('2');
    env['CIRCLE_TAG'] = 'release/one';
    t.match(await publish('branch,git-tag'), /^ok/);
    t.equal(digestOf('feature-x'), second);
    t.equal(digestOf('release-one'), second);
    t.match(io.out(), `shop:feature-x is on ${second} now (it was on ${first}).`);
    env['CIRCLE_BRANCH'] = commit;
    const before = fake.requests.length;
    t.match(await publish('branch'), /^2: the branch "0123.*cannot be a pointer/);
    t.equal(fake.requests.length, before, 'refused before anything is asked');
  });

  t.test('a registry whose tags are immutable', async (t) => {
    const { publish, built, fake, cwd } = await world(t, { CIRCLE_BRANCH: 'main' });
    built('1');
    addImage(fake, 'shop', { architecture: 'amd64', salt: 'old' }, 'main');
    fake.gate = (request, response) =>
      request.method === 'PUT' && request.url?.endsWith('/main')
        ? sendError(
            response,
            400,
            'TAG_INVALID',
            "The image tag 'main' already exists and cannot be overwritten because the tag is immutable.",
          )
        : false;
    t.match(
      await publish('branch'),
      /^1: the tag .*shop:main is there already and cannot be moved: .*\nnext: A pointer must be a tag that can be moved. Let the registry move tags of the form main/,
    );
    t.match(
      JSON.parse(readFileSync(join(cwd, 'records/release.json'), 'utf8')),
      { commit },
      'the image itself is published',
    );
    fake.gate = undefined;
    t.match(await publish('branch'), /^ok/, 'and once the registry lets it, again');
    const { adviseExclusion } = await import('../../src/commands/registry-failure.js');
    t.match(
      adviseExclusion('123456789012.dkr.ecr.us-east-1.amazonaws.com/shop', 'main'),
      /exclusion filter.*filter=main'/,
    );
  });

  t.test('SemVer aliases, only forward', async (t) => {
    const env: Record<string, string> = {};
    const { publish, built, digestOf, io } = await world(t, env);
    const release = async (tag: string, salt = tag) => {
      env['CIRCLE_TAG'] = tag;
      const digest = built(salt);
      t.match(await publish('git-tag,semver'), /^ok/, tag);
      return digest;
    };
    const a = await release('v1.4.2');
    t.strictSame([digestOf('1.4.2'), digestOf('1.4'), digestOf('1')], [a, a, a]);
    const b = await release('v1.5.0');
    t.strictSame([digestOf('1.4'), digestOf('1.5'), digestOf('1')], [a, b, b]);
    const c = await release('v1.4.3');
    t.strictSame([digestOf('1.4.3'), digestOf('1.4'), digestOf('1')], [c, c, b], 'a fix of an older line');
    t.match(io.out(), 'shop:1 stays where it is: 1.5.0 is there, which is higher than 1.4.3.');
    await release('v2.0.0-rc.1');
    t.strictSame([digestOf('2.0.0-rc.1'), digestOf('2.0.0'), digestOf('2')], [undefined, undefined, undefined]);
    await release('v1.5.0', 'another');
    t.strictSame([digestOf('1.5.0'), digestOf('1.5'), digestOf('1')], [b, b, b], 'a version is released once');
    t.match(io.out(), `shop:1.5.0 is on ${b} and stays there`);
    const d = await release('1.6.0');
    await release('1.6.0', 'yet another');
    t.strictSame([digestOf('1.6.0'), digestOf('1')], [d, d], 'a git tag without v, too');
  });

  t.test('whatever the order of releases, an alias is on the highest', async (t) => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let run = 0; run < 8; run += 1) {
      const env: Record<string, string> = {};
      const { publish, built, digestOf, fake } = await world(t, env);
      fake.pageSize = 3;
      const released = new Map<string, string>();
      for (let step = 0; step < 12; step += 1) {
        const version = `${random(2)}.${random(3)}.${random(12)}`;
        if (released.has(version)) continue;
        env['CIRCLE_TAG'] = `v${version}`;
        const digest = built(`${run} ${version}`);
        t.match(await publish('git-tag,semver'), /^ok/);
        released.set(version, digest);
        for (const alias of ['0', '1', '0.0', '0.1', '0.2', '1.0', '1.1', '1.2']) {
          const of = [...released.keys()].filter((one) => one.startsWith(`${alias}.`));
          const top = of.sort((x, y) => x.localeCompare(y, 'en', { numeric: true })).at(-1);
          if (digestOf(alias) !== (top && released.get(top))) t.fail(`${alias} after ${[...released.keys()]}`);
        }
      }
    }
  });

  t.test('two releases at once', async (t) => {
    const { publish, built, digestOf, fake } = await world(t, { CIRCLE_TAG: 'v1.4.2' });
    built('1.4.2');
    let higher: string | undefined;
    fake.gate = (request) => {
      // The other one is through with its work between our look and our write.
      if (request.method === 'PUT' && request.url?.endsWith('/1.4') && higher === undefined) {
        higher = addImage(fake, 'shop', { architecture: 'amd64', salt: 'x' }, '1.4.3', '1.4', '1');
      }
      return false;
    };
    t.match(await publish('semver'), /^ok/);
    t.strictSame([digestOf('1.4'), digestOf('1')], [higher, higher]);
  });
});

t.test('releases that never end', async (t) => {
  const { publish, built, fake } = await world(t, { CIRCLE_TAG: 'v1.0.0' });
  built('1');
  let patch = 0;
  fake.gate = (request) => {
    if (request.method === 'PUT' && request.url?.endsWith('/1')) {
      patch += 1;
      addImage(fake, 'shop', { architecture: 'amd64', salt: `other ${patch}` }, `1.0.${patch}`);
    }
    return false;
  };
  t.match(await publish('semver'), /^1: the aliases of 1\.0\.0 do not come to rest/);
});

t.test('a login by parameters', async (t) => {
  const fake = await fakeRegistry(t);
  const basic = `Basic ${Buffer.from('me:pa:ss $word').toString('base64')}`;
  fake.gate = (request, response) =>
    request.headers.authorization === basic
      ? false
      : sendError(response, 401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' });
  addImage(fake, 'shop', { architecture: 'amd64' }, commit);
  const options = { repository: `${fake.host}/shop`, commit, ...NO_LOGIN, username: 'me', password: 'pa:ss $word' };
  const opened = await openRepository(options, testIo({ env: {} }));
  if (!opened.ok) return t.fail(opened.error.cause);
  t.equal(opened.value.login, 'given');
  t.match(await opened.value.registry.findManifest(commit), { ok: true, value: { kind: 'manifest' } });
  const wrong = await openRepository({ ...options, password: 'wr0ng' }, testIo({ env: {} }));
  if (!wrong.ok) return t.fail(wrong.error.cause);
  const refused = await wrong.value.registry.findManifest(commit);
  t.match(refused, { ok: false, error: { kind: 'unauthorized' } });
  t.notMatch(JSON.stringify(refused), 'wr0ng');
  // It goes before a role, which may be there for EKS.
  const ecr = {
    ...options,
    repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop',
    role: 'arn:aws:iam::1:role/x',
  };
  t.match(await openRepository(ecr, testIo({ env: {} })), { ok: true, value: { login: 'given' } });
});
