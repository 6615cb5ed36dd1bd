// Runs the end-to-end tests against whatever servers the environment names. Without them every test is skipped, with
// the variable that it wants. Where CI is set a skipped test is a failure: there the servers are expected, but for those
// that not every machine can have, which the reason calls optional.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

const FOLDER = 'dist/test/e2e/';
/** Files that nothing else may run beside: they stop the cluster, or fill its node with Pods. */
const ALONE = ['stopped-servers.test.js', 'verdicts.test.js'];

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test.js'));
const skipped = [];
for (const name of ALONE) await tap(1, [name]);
// They wait more than they work: as many as there are cores in the machine that this is made for.
await tap(
  2,
  files.filter((name) => !ALONE.includes(name)),
);
if (process.env.CI && skipped.length > 0) {
  console.error(`${skipped.length} tests were skipped, which is a failure in CI:\n${skipped.join('\n')}`);
  process.exitCode = 1;
}

/** Runs files, so many at a time; each run of tap ends with its own summary. */
async function tap(jobs, names) {
  const args = ['tap', '--reporter=tap', `--jobs=${jobs}`, ...names.map((name) => `${FOLDER}${name}`)];
  const env = { ...process.env, TAP_RCFILE: '.taprc.e2e' };
  const child = spawn('npx', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  child.stdout.on('data', (piece) => {
    process.stdout.write(piece);
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    skipped.push(...lines.filter((line) => /^\s*ok \d.*# SKIP (?!optional: )/.test(line)));
  });
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) process.exitCode = code ?? 1;
}
