// Commands that have nothing to do, or refuse at once.
import { startProxy } from './proxy.mjs';
import { ms, say, times } from './report.mjs';
import { interleave, run } from './run.mjs';

const LIMIT = 2.4;
const COMMIT = ['--commit', '0'.repeat(40)];
const IMAGE = ['--image', `ghcr.io/a/b@sha256:${'0'.repeat(64)}`, ...COMMIT];
/** What each wants beside a repository. */
const VERBS = {
  'build-image': ['--platform', 'linux/amd64', ...COMMIT],
  'publish-image': COMMIT,
  'verify-image': ['--environment', 'staging', ...COMMIT],
  'pass-image': ['--environment', 'staging', ...IMAGE],
  'promote-image': ['--destination', 'ghcr.io/a/b', ...IMAGE],
  'ensure-repository': [],
};

export async function compareStarts({ rounds, folder, plain, commit, program }) {
  const proxy = await startProxy(plain, 0);
  const nothing = ['build-image', '--platform', 'linux/amd64', '--commit', commit, '--repository'];
  const build = (host) => run([process.execPath, program, ...nothing, `${host}/bench/shop`], { cwd: folder });
  await build(proxy.host);
  const { requests } = proxy.take();
  proxy.stop();
  console.log('Nothing to do, and starting');
  say('build-image, published already: requests', String(requests.length), 'at most 2', requests.length <= 2);

  const refused = { cwd: folder, wanted: 2 };
  const verbs = Object.entries(VERBS).map(([verb, more]) => [
    verb,
    () => run([process.execPath, program, verb, '--repository', 'No Name', ...more], refused),
  ]);
  const { bare, ...rest } = await interleave(rounds * 3, {
    bare: () => run([process.execPath, '-e', '0']),
    ...Object.fromEntries(verbs),
    'build-image, published already': () => build(plain),
  });
  console.log(`bare node ${ms(bare.time)}`);
  for (const [name, { time }] of Object.entries(rest)) {
    say(`${name} ${ms(time)}`, times(time / bare.time), `at most ${LIMIT}`, time / bare.time <= LIMIT);
  }
}
