import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { INSTALL_SCRIPT } from '../../src/circleci/orb/install-script.js';
import { VERSION } from '../../src/version.js';
import { packPackage, serveNpm } from '../support/npm-registry.js';

/** Runs the orb's install step as CircleCI does, then the program in a step of its own, as one that follows. */
async function install(t: Test, env: Readonly<Record<string, string>>, cwd = t.testdir({})) {
  const home = join(cwd, 'home');
  mkdirSync(home, { recursive: true });
  const bashEnv = join(home, '.bash_env');
  writeFileSync(bashEnv, '');
  const whole = {
    PATH: process.env['PATH'],
    HOME: home,
    BASH_ENV: bashEnv,
    BUILD_ONCE_VERSION: VERSION,
    BUILD_ONCE_INTEGRITY: '',
    BUILD_ONCE_PATH: '',
    ...env,
  };
  const shell = (command: string) =>
    new Promise<{ readonly code: number | null; readonly output: string }>((done) => {
      const child = spawn('bash', ['-eo', 'pipefail', '-c', command], {
        cwd,
        env: whole,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
      child.on('close', (code) => done({ code, output }));
    });
  return { home, step: await shell(INSTALL_SCRIPT), after: await shell('build-once --version') };
}

const program = readFileSync('dist/build-once.mjs');
const integrity = readFileSync('dist/build-once.mjs.integrity', 'utf8').trim();

t.test('the hash that configs pin is that of the program', async (t) => {
  t.equal(integrity, `sha512-${createHash('sha512').update(program).digest('base64')}`);
});

t.test('from npm, pinned by its hash', async (t) => {
  const folder = t.testdir({});
  const registry = await serveNpm({ name: 'gen-config', version: VERSION, tarball: await packPackage(folder) });
  t.teardown(() => registry.close());
  const NPM_CONFIG_REGISTRY = registry.url;

  const good = await install(t, { NPM_CONFIG_REGISTRY, BUILD_ONCE_INTEGRITY: integrity });
  t.equal(good.step.code, 0, good.step.output);
  t.match(good.after, { code: 0, output: `build-once ${VERSION}\n` }, 'it is on the PATH of the next step');

  const other = await install(t, { NPM_CONFIG_REGISTRY, BUILD_ONCE_INTEGRITY: 'sha512-of-another' });
  t.equal(other.step.code, 1);
  t.match(other.step.output, 'is not the one that was pinned, so it is not run');
  t.match(other.step.output, `found    ${integrity}`);
  t.not(other.after.code, 0, 'and it is not there for the next step');
  t.strictSame(readdirSync(join(other.home, '.build-once')), ['bin'], 'nothing of it is kept');

  const absent = await install(t, {
    NPM_CONFIG_REGISTRY,
    BUILD_ONCE_VERSION: '9.9.9',
    BUILD_ONCE_INTEGRITY: integrity,
  });
  t.not(absent.step.code, 0);
  t.match(absent.step.output, 'npm cannot fetch gen-config 9.9.9');
});

t.test('vendored in the repository', async (t) => {
  const cwd = t.testdir({ 'a folder': { 'build "once".mjs': '' } });
  writeFileSync(join(cwd, 'a folder/build "once".mjs'), program);
  const good = await install(t, { BUILD_ONCE_PATH: 'a folder/build "once".mjs' }, cwd);
  t.equal(good.step.code, 0, good.step.output);
  t.match(good.after, { code: 0, output: `build-once ${VERSION}\n` });

  const absent = await install(t, { BUILD_ONCE_PATH: '.circleci/build-once.mjs' });
  t.equal(absent.step.code, 1);
  t.match(absent.step.output, 'there is no .circleci/build-once.mjs in');
});

t.test('a job without node', async (t) => {
  const bin = t.testdir({});
  const { step } = await install(t, { PATH: `${bin}:/bin`, BUILD_ONCE_PATH: 'x' });
  if (step.output.includes('there is no x')) return t.comment('this machine has a node in /bin');
  t.equal(step.code, 1);
  t.match(step.output, 'this job has no node');
});
