// How long the programs take to start, beside bare node, in one run. Medians of interleaved runs, so that a busy
// machine slows all of them alike.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const runs = Number(process.argv[2] ?? 25);
const shop = mkdtempSync(join(tmpdir(), 'gen-config-bench-'));
cpSync(join(top, 'examples/shop/.circleci'), join(shop, '.circleci'), { recursive: true });

const cases = [
  ['node -e 0', ['-e', '0'], undefined],
  ['gen-config on examples/shop', [join(top, 'dist/gen-config.cjs'), '--directory', shop], 2],
  ['build-once --help', [join(top, 'dist/build-once.mjs'), '--help'], 1.5],
];
const times = cases.map(() => []);
for (let run = 0; run < runs; run++) {
  cases.forEach(([name, args], index) => {
    const start = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    times[index]?.push(Number(process.hrtime.bigint() - start) / 1e6);
  });
}
rmSync(shop, { recursive: true });
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const bare = median(times[0]);
cases.forEach(([name, , limit], index) => {
  const time = median(times[index]);
  const ratio = limit === undefined ? '' : `  ${(time / bare).toFixed(2)} x bare node (wanted: at most ${limit})`;
  console.log(`${name.padEnd(28)} ${time.toFixed(0).padStart(5)} ms${ratio}`);
});
const size = statSync(join(top, 'dist/build-once.mjs')).size;
console.log(`${'dist/build-once.mjs'.padEnd(28)} ${(size / 1024).toFixed(0).padStart(5)} KiB (wanted: at most 1024)`);
