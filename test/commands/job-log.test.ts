import t from 'tap';
import { startProgress } from '../../src/commands/progress.js';
import { startJobLog } from '../../src/commands/run-migration/job-log.js';
import { openKubernetes } from '../../src/kubernetes/client.js';
import type { Pod } from '../../src/kubernetes/objects.js';
import { ok } from '../../src/result.js';
import { inProcess, type Reply, type Script, status } from '../kubernetes/scripted-api.js';
import { fakeClock, testIo } from '../support/test-io.js';

const line = (second: number, text: string) => `2026-01-01T00:00:0${second}.000000000Z ${text}\n`;
const pod = (name: string, state: object): Pod =>
  ({
    metadata: { name },
    spec: { containers: [] },
    status: { containerStatuses: [{ name: 'web', state, restartCount: 0 }] },
  }) as unknown as Pod;

/** The log of these Pods, one started after the other, which end when `shown` is; what is shown in the end. */
async function show(names: readonly string[], script: Script, shown = ''): Promise<string> {
  const clock = fakeClock();
  const io = testIo({ clock, http: inProcess(script) });
  const client = openKubernetes({ server: 'http://api', tls: {}, credential: async () => ok({}) }, 'shop', io);
  const log = startJobLog(client, io, startProgress(io), 'web');
  for (const name of names) log.start(pod(name, {}));
  while (!io.out().includes(shown)) await new Promise((done) => setImmediate(done));
  await log.finish();
  return io.out();
}

t.test('one Pod after the other, and named where there is more than one', async (t) => {
  const script: Script = ({ path }): Reply =>
    path.endsWith('/log')
      ? { pieces: [line(1, `of ${path.split('/').at(-2)}`)] }
      : { json: pod(path.split('/').at(-1) ?? '', { terminated: { exitCode: 0 } }) };
  t.equal(await show(['a'], script), 'of a\n');
  t.equal(await show(['a', 'b', 'a'], script), 'of a\nThe log of Pod b:\nof b\n');
});

t.test('a container that has ended, and whose stream hangs, is not waited for', async (t) => {
  const hang = async function* () {
    yield line(1, 'a');
    await new Promise(() => undefined);
  };
  const script: Script = ({ path, query }): Reply => {
    if (!path.endsWith('/log')) return { json: pod('a', { running: {} }) };
    return { pieces: query.get('follow') === null ? [line(1, 'a'), line(2, 'b')] : hang() };
  };
  t.equal(await show(['a'], script, 'a\n'), 'a\nb\n');
});

t.test('a Pod that is gone', async (t) => {
  const script: Script = () => status(404, 'NotFound', 'pods "a" not found');
  t.equal(await show(['a'], script), 'the log may not be whole: there is no Pod "a" in namespace "shop"\n');
});
