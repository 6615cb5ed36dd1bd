import t from 'tap';
import { skipWithout } from './skip-without.js';
import { openGate } from './verdicts/gate.js';
import { makeImages } from './verdicts/images.js';
import { play } from './verdicts/play.js';
import { scenes } from './verdicts/scenes.js';

/**
 * What `build-once deploy` and `run-migration` say of failures, and of what only looks like one, on a real cluster: the
 * very program, as a user who has the Role that `gen-config companions` writes. The scenes are data: verdicts/.
 */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
const registry = process.env['LAB_REGISTRY'] ?? '';

/** Scenes at a time: nearly all they do is wait. */
const jobs = 14;
if (skip === false) t.setTimeout(3_600_000);

t.test('verdicts', { skip, jobs, timeout: 3_600_000 }, async (t) => {
  const images = await makeImages(registry, await openGate(t, registry));
  for (const scene of scenes) {
    t.test(scene.name, { buffered: true, timeout: 900_000 }, async (t) => {
      const end = await play(t, scene, images);
      const { code, out, err, seconds, pattern } = end;
      t.comment(`${seconds.toFixed(1)} s, exit code ${code}\n${out}${err}`);
      const verb = scene.migrate === undefined ? 'deploy' : 'run-migration';
      const line = code === 0 ? (out.trimEnd().split('\n').at(-1) ?? '') : (err.split('\n')[0] ?? '');
      t.equal(code, scene.code, 'exit code');
      t.match(line, new RegExp(`^${scene.code === 0 ? '' : `build-once ${verb}: `}${pattern(scene.says).source}$`));
      for (const told of scene.tells ?? []) t.match(`${out}${err}`, pattern(told), told);
    });
  }
});
