import { join } from 'node:path';
import t from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { goldenCases, goldenText } from '../support/golden.js';
import { testIo } from '../support/test-io.js';

/** Runs in the folder of a case, so that its .circleci/orbs and its files are found. */
async function run(folder: string, args: readonly string[], input?: string) {
  const cwd = join(process.cwd(), 'test/golden/process', folder);
  const io = testIo({ cwd, ...(input === undefined ? {} : { input }) });
  const code = await runGenConfig(['process', ...args], io);
  return { code, out: io.out(), err: io.err() };
}

for (const { name, read } of goldenCases('process')) {
  t.test(`compile ${name}`, async (t) => {
    const args = (read('args') ?? '').split('\n').filter((line) => line !== '');
    const { code, out, err } = await run(name, [...args, 'config.yml']);
    t.match(read('config.yml'), /^# .+/, 'says which statement of the documentation it is about');
    t.equal(code, out === '' ? 1 : 0, 'the exit code says whether it compiles');
    if (out !== '') t.equal(out, goldenText(`process/${name}/expected.yml`, out));
    if (err !== '') t.equal(err, goldenText(`process/${name}/expected.txt`, err));
    t.equal(read('expected.yml') !== undefined, out !== '', 'compiles as expected');
    t.equal(read('expected.txt') !== undefined, err !== '', 'says something as expected');
    if (out === '') return;
    const again = await run(name, ['-'], out);
    t.equal(again.out, out, 'what comes out compiles to itself');
  });
}
