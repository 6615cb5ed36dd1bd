// An image from one registry to another.
import { pushImage } from './content.mjs';
import { startProxy } from './proxy.mjs';
import { startRegistry } from './registries.mjs';
import { ms, say, times } from './report.mjs';
import { interleave, run } from './run.mjs';

const MEMORY = 150;

export async function compareCopies({ rounds, folder, plain, source, tls, commit, digest, env, program }) {
  const options = { cwd: folder, env };
  const from = `${source}/bench/shop`;
  const promote = (repository, image, to, name) =>
    run(
      [
        ...[
          process.execPath,
          program,
          'promote-image',
          '--repository',
          repository,
          '--image',
          `${repository}@${image}`,
        ],
        ...['--destination', to, '--commit', name],
      ],
      options,
    );
  const copy = (to, name = commit) => promote(from, digest, to, name);
  /** Into a registry that is empty, for skopeo remembers which repositories of a registry have a layer. */
  const intoEmpty = async (start) => {
    const registry = await startRegistry(folder, 'destination', tls);
    try {
      return await start(`${registry.host}/bench/shop`);
    } finally {
      await registry.stop();
    }
  };
  const { ours, crane, skopeo } = await interleave(rounds, {
    ours: () => intoEmpty((to) => copy(to)),
    crane: () => intoEmpty((to) => run(['crane', 'copy', `${from}:${commit}`, `${to}:${commit}`], options)),
    skopeo: () =>
      intoEmpty((to) => run(['skopeo', 'copy', `docker://${from}:${commit}`, `docker://${to}:${commit}`], options)),
  });
  console.log('Copy of 500 MB between two registries with TLS');
  for (const [name, other] of Object.entries({ crane, skopeo })) {
    const ratio = ours.time / other.time;
    say(`promote-image ${ms(ours.time)}, ${name} copy ${ms(other.time)}`, times(ratio), 'at most 1', ratio <= 1);
  }
  const others = `crane ${crane.memory.toFixed(0)}, skopeo ${skopeo.memory.toFixed(0)}`;
  const good = ours.memory <= MEMORY;
  say(`promote-image: memory (${others})`, `${ours.memory.toFixed(0)} MiB`, `at most ${MEMORY}`, good);

  const large = await pushImage(`http://${plain}/v2/bench/large`, [2 ** 31]);
  const { memory } = await intoEmpty((to) => promote(`${source}/bench/large`, large, to, commit));
  const isGood = memory <= MEMORY;
  say('promote-image: memory for a layer of 2 GiB', `${memory.toFixed(0)} MiB`, `at most ${MEMORY}`, isGood);

  // A plain registry, so that a proxy can look; a tag of another commit, so that the image itself must be looked for.
  const proxy = await startProxy(plain, 0);
  const to = `${proxy.host}/bench/second`;
  await copy(to);
  const first = proxy.take();
  await copy(
    to,
    commit.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  );
  const second = proxy.take();
  proxy.stop();
  const moved = (taken) => `${(taken.layerBytes / 2 ** 20).toFixed(1)} MiB`;
  say(`a second copy: bytes of layers (the first: ${moved(first)})`, moved(second), '0', second.layerBytes === 0);
}
