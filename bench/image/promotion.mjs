// One more tag on a digest, in the repository where it is.
import { rmSync } from 'node:fs';
import { startProxy } from './proxy.mjs';
import { ms, say, times } from './report.mjs';
import { interleave, run } from './run.mjs';

/** What a registry far away takes for each request, in milliseconds. */
const WAY = 40;

export async function comparePromotions({ rounds, folder, plain, commit, digest, program }) {
  const proxy = await startProxy(plain, WAY);
  const buildOnce = (verb, host, ...args) => {
    const named = [verb, '--repository', `${host}/bench/shop`, '--commit', commit, ...args];
    return run([process.execPath, program, ...named], { cwd: folder });
  };
  const verify = (host) => buildOnce('verify-image', host, '--environment', 'staging');
  await verify(proxy.host);
  proxy.take();
  await buildOnce('pass-image', proxy.host, '--environment', 'counted');
  const { requests, layerBytes } = proxy.take();
  console.log('Promotion within a repository');
  const records = requests.filter((request) => request.endsWith('.record')).length;
  const tags = requests.length - records;
  say('pass-image: requests for the tag', String(tags), 'at most 2', tags <= 2);
  say('pass-image: and for the record of who and when', String(records), 'at most 1', records <= 1);
  say('pass-image: bytes of layers', String(layerBytes), '0', layerBytes === 0);

  const far = `${proxy.host}/bench/shop`;
  const away = await interleave(rounds * 3, {
    bare: () => run([process.execPath, '-e', '0']),
    ours: (round) => buildOnce('pass-image', proxy.host, '--environment', `far-${round}`),
    crane: (round) => run(['crane', 'tag', `${far}@${digest}`, `crane-${round}`]),
    skopeo: (round) =>
      run([
        ...['skopeo', 'copy', '--src-tls-verify=false', '--dest-tls-verify=false'],
        ...[`docker://${far}@${digest}`, `docker://${far}:skopeo-${round}`],
      ]),
  });
  proxy.stop();
  const { bare, ours, crane, skopeo } = away;
  console.log(`behind ${WAY} ms for each request; bare node ${ms(bare.time)}`);
  const over = ours.time - crane.time;
  say(`pass-image ${ms(ours.time)}, crane tag ${ms(crane.time)}`, ms(over), 'at most bare node', over <= bare.time);
  const ratio = skopeo.time / ours.time;
  say(`pass-image ${ms(ours.time)}, skopeo copy ${ms(skopeo.time)}`, times(ratio), 'over 1', ratio > 1);

  const near = `${plain}/bench/shop`;
  await verify(plain);
  const here = await interleave(Math.min(rounds, 3), {
    ours: (round) => buildOnce('pass-image', plain, '--environment', `near-${round}`),
    docker: (round) => pullTagPush(`${near}:${commit}`, `${near}:docker-${round}`),
  });
  const faster = here.docker.time / here.ours.time;
  const both = `pass-image ${ms(here.ours.time)}, docker pull, tag, push ${ms(here.docker.time)}`;
  say(both, times(faster), 'at least 20, on loopback', faster >= 20);
  rmSync(`${folder}/.build-once`, { recursive: true });
}

/** What a pipeline without the registry's API does; nothing of the image is left in Docker. */
async function pullTagPush(from, to) {
  const steps = [
    await run(['docker', 'pull', from]),
    await run(['docker', 'tag', from, to]),
    await run(['docker', 'push', to]),
  ];
  await run(['docker', 'rmi', from, to]);
  return { milliseconds: steps.reduce((sum, step) => sum + step.milliseconds, 0), memory: 0 };
}
