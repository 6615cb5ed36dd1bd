// Runs the end-to-end tests against whatever servers the environment names. Without them every test is skipped, with
// the variable that it wants. Where CI is set a skipped test is a failure: there the servers are expected, but for those
// that not every machine can have, which the reason calls optional.
import { spawn } from 'node:child_process';

const env = { ...process.env, TAP_RCFILE: '.taprc.e2e' };
const tap = spawn('npx', ['tap', '--reporter=tap'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
const skipped = [];
let rest = '';
tap.stdout.on('data', (piece) => {
  process.stdout.write(piece);
  const lines = (rest + piece).split('\n');
  rest = lines.pop() ?? '';
  skipped.push(...lines.filter((line) => /^\s*ok \d.*# SKIP (?!optional: )/.test(line)));
});
tap.on('close', (code) => {
  process.exitCode = code ?? 1;
  if (process.env.CI && skipped.length > 0) {
    console.error(`${skipped.length} tests were skipped, which is a failure in CI:\n${skipped.join('\n')}`);
    process.exitCode = 1;
  }
});
