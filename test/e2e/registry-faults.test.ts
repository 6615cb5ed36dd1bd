import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { testIo } from '../support/test-io.js';
import { buildOnce } from './build-once-process.js';
import { inLanes } from './in-lanes.js';
import { IN_MEMORY, ownRegistry, registryProgram } from './own-registry.js';
import { pushImage, pushIndex, readWhole, tagged } from './registry-content.js';
import { type Moment, type RegistryProxy, registryProxy } from './registry-proxy.js';

const skip = registryProgram === undefined ? 'needs docker-registry on PATH' : false;
const execute = promisify(execFile);

/** A folder of a job. */
async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'registry-faults-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  await mkdir(join(made, '.build-once'));
  return made;
}

const newCommit = () => randomBytes(20).toString('hex');

/** The records that two build jobs leave for a commit. */
async function writeRecords(
  cwd: string,
  repository: string,
  commit: string,
  digests: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [architecture, digest] of Object.entries(digests)) {
    const record = { version: 1, commit, repository, platform: `linux/${architecture}`, digest };
    await writeFile(join(cwd, `.build-once/linux-${architecture}.json`), JSON.stringify(record));
  }
}

/** A point at which the program is killed: the number of a request, and when in it. */
interface Point {
  readonly at: number;
  readonly moment: Moment;
}

/** Every request of a run, before the registry has it, in the middle of its body and when it is done but not answered. */
function pointsOf(requests: readonly string[]): readonly Point[] {
  return requests.flatMap((request, index) => {
    const moments: Moment[] = /^(?:GET|HEAD) /.test(request) ? ['before'] : ['before', 'after'];
    if (/^PUT .*\/blobs\/uploads\//.test(request)) moments.push('middle');
    return moments.map((moment) => ({ at: index + 1, moment }));
  });
}

/**
 * At a time: a run waits more than it works. Each has a repository of its own, since this registry does not find a manifest
 * while the same one is put again.
 */
const LANES = 4;

t.test('killed at any point, a plain re-run ends it', { skip, timeout: 1_800_000 }, async (t) => {
  const { host } = await ownRegistry(t);
  /** Runs it behind a proxy, until it is killed where a point is given. */
  const run = async (proxy: RegistryProxy, { cwd, args }: { cwd: string; args: readonly string[] }, point?: Point) => {
    let kill = () => {};
    let struck = false;
    const act = () => {
      struck = true;
      kill();
    };
    proxy.strike = point && { ...point, act };
    const ended = await buildOnce(cwd, args, (it) => {
      kill = it;
    });
    if (point) t.ok(struck && ended.code === null, `killed ${point.moment} request ${point.at}`);
    return ended;
  };

  await t.test('publish_image', async (t) => {
    await inLanes(LANES, async (share) => {
      const path = `publish/${newCommit()}`;
      const behind = `${host}/${path}`;
      const amd = await pushImage(behind, { architecture: 'amd64', layers: [1000] });
      const arm = await pushImage(behind, { architecture: 'arm64', layers: [1000] });
      const job = async () => {
        const proxy = await registryProxy(t, host);
        const repository = `${proxy.host}/${path}`;
        const cwd = await folder(t);
        const commit = newCommit();
        await writeRecords(cwd, repository, commit, { amd64: amd.digest, arm64: arm.digest });
        const platforms = 'linux/amd64,linux/arm64';
        const args = ['publish-image', '--repository', repository, '--platforms', platforms, '--commit', commit];
        return { proxy, cwd, commit, args };
      };
      const first = await job();
      const plain = await run(first.proxy, first);
      t.equal(plain.code, 0, plain.err);
      const digest = await tagged(behind, first.commit);
      const points = pointsOf(first.proxy.requests);
      t.ok(points.length >= 10, `${points.length} points`);
      for (const point of share(points)) {
        const { proxy, cwd, commit, args } = await job();
        await run(proxy, { cwd, args }, point);
        const between = await tagged(behind, commit);
        t.ok(between === undefined || between === digest, 'the tag is not there, or right');
        t.equal((await run(proxy, { cwd, args })).code, 0);
        t.equal(await tagged(behind, commit), digest);
        t.equal(await tagged(behind, first.commit), digest, 'no other tag has moved');
      }
    });
  });

  await t.test('pass_image: promoted within a repository', async (t) => {
    const behind = `${host}/pass`;
    const image = await pushIndex(behind, [1000]);
    const job = async () => {
      const proxy = await registryProxy(t, host);
      const repository = `${proxy.host}/pass`;
      const commit = newCommit();
      const reference = `${repository}@${image.digest}`;
      const args = ['pass-image', '--repository', repository, '--commit', commit, '--image', reference];
      return { proxy, cwd: await folder(t), tag: `staging.${commit}`, args: [...args, '--environment', 'staging'] };
    };
    const first = await job();
    const plain = await run(first.proxy, first);
    t.equal(plain.code, 0, plain.err);
    for (const point of pointsOf(first.proxy.requests)) {
      const { proxy, cwd, tag, args } = await job();
      await run(proxy, { cwd, args }, point);
      const between = await tagged(behind, tag);
      t.ok(between === undefined || between === image.digest, 'the tag is not there, or right');
      t.equal((await run(proxy, { cwd, args })).code, 0);
      t.equal(await tagged(behind, tag), image.digest);
    }
  });

  await t.test('promote_image: copied across', async (t) => {
    const other = await ownRegistry(t);
    const source = `${other.host}/shop`;
    const image = await pushIndex(source, [300_000]);
    const all = await readWhole(source, image.digest);
    const job = async () => {
      const proxy = await registryProxy(t, host);
      const commit = newCommit();
      const path = `copy/${commit}`;
      const args = ['promote-image', '--repository', source, '--destination', `${proxy.host}/${path}`];
      const image_ = ['--commit', commit, '--image', `${source}@${image.digest}`];
      return { proxy, cwd: await folder(t), commit, behind: `${host}/${path}`, args: [...args, ...image_] };
    };
    const first = await job();
    const plain = await run(first.proxy, first);
    t.equal(plain.code, 0, plain.err);
    const points = pointsOf(first.proxy.requests);
    await inLanes(LANES, async (share) => {
      for (const point of share(points)) {
        const { proxy, cwd, commit, behind, args } = await job();
        await run(proxy, { cwd, args }, point);
        const between = await tagged(behind, commit);
        if (between !== undefined) t.strictSame(await readWhole(behind, commit), all, 'a tag is on the whole image');
        const again = await run(proxy, { cwd, args });
        t.equal(again.code, 0, again.err);
        t.equal(await tagged(behind, commit), image.digest);
        t.strictSame(await readWhole(behind, commit), all, 'byte for byte');
      }
    });
    t.ok(points.length >= 20, `${points.length} points`);
  });
});

/** Runs build-once in this process. `line` is the first line of its failure. */
async function here(cwd: string, ...args: readonly string[]) {
  const io = testIo({ cwd, env: { PATH: process.env['PATH'], HOME: cwd } });
  const code = await runBuildOnce(args, io);
  const line =
    io
      .err()
      .split('\n')
      .find((one) => one.startsWith('build-once ')) ?? '';
  return { code, out: io.out(), err: io.err(), line };
}

/** For each of three kinds, so sixty in all. */
const ROUNDS = Array.from({ length: 20 }, newCommit);

t.test('two at once, twenty times each', { skip, timeout: 1_800_000 }, async (t) => {
  const { host } = await ownRegistry(t, IN_MEMORY);
  const proxy = await registryProxy(t, host);
  for (const immutable of [true, false]) {
    const name = `publish_image: one is published, and both go on with it (immutable tags: ${immutable})`;
    await t.test(name, async (t) => {
      proxy.immutable = immutable;
      await inLanes(LANES, async (share) => {
        const path = `race/${newCommit()}`;
        const repository = `${proxy.host}/${path}`;
        const behind = `${host}/${path}`;
        const images = [
          await pushImage(behind, { architecture: 'amd64', layers: [1000] }),
          await pushImage(behind, { architecture: 'amd64', layers: [1000] }),
        ];
        for (const commit of share(ROUNDS)) {
          const runs = await Promise.all(
            images.map(async ({ digest }) => {
              const cwd = await folder(t);
              await writeRecords(cwd, repository, commit, { amd64: digest });
              const ended = await here(cwd, 'publish-image', '--repository', repository, '--commit', commit);
              const release = JSON.parse(await readFile(join(cwd, '.build-once/release.json'), 'utf8'));
              return { ...ended, built: digest, published: release.images[0].digest };
            }),
          );
          const winner = await tagged(behind, commit);
          t.ok(
            images.some(({ digest }) => digest === winner),
            'one of the two is published',
          );
          for (const { code, out, err, built, published } of runs) {
            t.equal(code, 0, err);
            t.equal(published, winner, 'both go on with the one that the tag is on');
            if (built !== winner) t.match(out, built, 'who lost names its own digest');
          }
        }
      });
    });
  }

  await t.test('pass_image and promote_image: one tag, and the same digest', async (t) => {
    const repository = `${proxy.host}/shop`;
    const image = await pushIndex(`${host}/shop`, [50_000, 1000]);
    const all = await readWhole(`${host}/shop`, image.digest);
    const other = await ownRegistry(t, IN_MEMORY);
    for (const commit of ROUNDS) {
      const chosen = ['--commit', commit, '--image', `${repository}@${image.digest}`];
      const passed = await Promise.all(
        [1, 2].map(async () =>
          here(await folder(t), 'pass-image', '--repository', repository, '--environment', 'staging', ...chosen),
        ),
      );
      t.strictSame(
        passed.map(({ code }) => code),
        [0, 0],
        passed.map(({ err }) => err).join(''),
      );
      t.equal(await tagged(`${host}/shop`, `staging.${commit}`), image.digest);

      const destination = `${other.host}/copy/${commit}`;
      const copied = await Promise.all(
        [1, 2].map(async () =>
          here(await folder(t), 'promote-image', '--repository', repository, '--destination', destination, ...chosen),
        ),
      );
      t.strictSame(
        copied.map(({ code }) => code),
        [0, 0],
        copied.map(({ err }) => err).join(''),
      );
      t.strictSame(await readWhole(destination, commit), all);
    }
  });
});

t.test('the registry is stopped and started in the middle of a copy', { skip, timeout: 600_000 }, async (t) => {
  const [from, to] = [await ownRegistry(t), await ownRegistry(t)];
  const [source, destination] = [await registryProxy(t, from.host), await registryProxy(t, to.host)];
  const repository = `${source.host}/shop`;
  const image = await pushIndex(`${from.host}/shop`, [3_000_000, 2_000_000, 1000]);
  const all = await readWhole(`${from.host}/shop`, image.digest);
  const restart = (registry: typeof to) => async () => {
    await registry.stop();
    setTimeout(() => void registry.start(), 500);
  };
  const cases = [
    { what: 'the destination, in the middle of a layer', proxy: destination, registry: to, wanted: /^PUT .*uploads/ },
    { what: 'the destination, as a manifest comes', proxy: destination, registry: to, wanted: /^PUT .*manifests/ },
    { what: 'the source, as a layer is read', proxy: source, registry: from, wanted: /^GET .*\/blobs\// },
  ];
  for (const { what, proxy, registry, wanted } of cases) {
    const commit = newCommit();
    const path = `copy/${commit}`;
    const chosen = ['--commit', commit, '--image', `${repository}@${image.digest}`];
    const act = restart(registry);
    proxy.requests.length = 0;
    // The first request of the kind, whichever number it gets.
    const push = proxy.requests.push.bind(proxy.requests);
    proxy.requests.push = (request) => {
      const length = push(request);
      if (wanted.test(request)) {
        proxy.requests.push = push;
        const moment = request.startsWith('PUT') && request.includes('/blobs/') ? 'middle' : 'before';
        proxy.strike = { at: length, moment, act };
      }
      return length;
    };
    const args = ['--repository', repository, '--destination', `${destination.host}/${path}`, ...chosen];
    const ended = await here(await folder(t), 'promote-image', ...args);
    t.equal(ended.code, 0, `${what}: ${ended.err}`);
    t.match(ended.err, /: trying again in /, 'and said so');
    t.strictSame(await readWhole(`${to.host}/${path}`, commit), all, what);
  }
});

t.test('a disk that is full', { skip, timeout: 600_000 }, async (t) => {
  const disk = await mkdtemp(join(tmpdir(), 'full-disk-'));
  const mounted = await execute('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).catch((error) => error);
  if (mounted instanceof Error) return t.comment(`a small disk cannot be mounted here: ${mounted.message}`);
  t.teardown(async () => {
    await execute('umount', ['-l', disk]);
    await rm(disk, { recursive: true, force: true });
  });
  const [from, to] = [await ownRegistry(t), await ownRegistry(t, { filesystem: { rootdirectory: disk } })];
  const repository = `${from.host}/shop`;
  const destination = `${to.host}/copy`;
  const image = await pushIndex(repository, [4_000_000]);
  const commit = newCommit();
  const chosen = ['--commit', commit, '--image', `${repository}@${image.digest}`];
  const args = ['promote-image', '--repository', repository, '--destination', destination, ...chosen];
  const full = await here(await folder(t), ...args);
  t.equal(full.code, 1);
  t.match(full.line, /^build-once promote-image: \S+ answered 5\d\d .*, in the last of 5 tries over \d+\.\d s/);
  t.match(full.err, '  -> Run the job again when the registry is well.');
  t.equal(await tagged(destination, commit), undefined, 'nothing is tagged');
  await execute('mount', ['-o', 'remount,size=64m', disk]);
  const whole = await readWhole(repository, image.digest);
  // The registry itself may have written a file that is empty: it then answers 500 for that blob ever after.
  const states = await Promise.all(
    whole.map(async (digest) => (await fetch(`http://${to.host}/v2/copy/blobs/${digest}`, { method: 'HEAD' })).status),
  );
  const next = states.includes(500) ? `${to.host}/other` : destination;
  const again = await here(await folder(t), ...args.map((one) => (one === destination ? next : one)));
  t.equal(again.code, 0, again.err);
  t.strictSame(await readWhole(next, commit), whole, `${next}, after ${states.join(', ')}`);
});
