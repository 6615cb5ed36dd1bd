import { spawnSync } from 'node:child_process';
import t from 'tap';

const PROCESS = new URL('../../src/io/process.js', import.meta.url).href;

/** Runs a program that is nothing but this code. */
function run(code: string) {
  const script = `import { runProcess } from ${JSON.stringify(PROCESS)};\nawait runProcess('demo', async () => { ${code} });`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

t.test('what is thrown is a bug, with code 3 and the lines that a report needs', async (t) => {
  const { status, stdout, stderr } = run(`throw new TypeError('oops')`);
  t.equal(status, 3);
  t.equal(stdout, '');
  t.match(stderr, /^demo: this is a bug of demo, please report it with the lines below\.\nTypeError: oops\n {4}at /);
});

t.test('what the machine refuses is no bug', async (t) => {
  const { status, stderr } = run(`(await import('node:fs')).readFileSync('/dev/null/x')`);
  t.equal(status, 1);
  t.match(stderr, /^demo: [^\n]+ \(ENOTDIR\)\n {2}-> [^\n]+\n$/);
});

t.test('any other code is that of the program', async (t) => {
  t.equal(run('return 2').status, 2);
});
