import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const packed = mkdtempSync(join(tmpdir(), 'packed-'));
process.once('exit', () => rmSync(packed, { recursive: true }));
const tarball = packPackage(packed);

const program = readFileSync('dist/build-once.mjs');
const integrity = readFileSync('dist/build-once.mjs.integrity', 'utf8').trim();

t.test('the hash that configs pin is that of the program', async (t) => {
  t.equal(integrity, `sha512-${createHash('sha512').update(program).digest('base64')}`);
});

t.test('from npm, pinned by its hash', async (t) => {
  const registry = await serveNpm({ name: 'gen-config', version: VERSION, tarball: await tarball });
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

t.test('the job check-config holds the config against the spec', async (t) => {
  // Not below this repository: there npx would take the package of this name that it finds above.
  const folder = mkdtempSync(join(tmpdir(), 'check-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'repository/.circleci'), { recursive: true });
  writeFileSync(join(folder, 'repository/.circleci/build-once.yml'), 'version: 1\ncheck: true\n');
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const registry = await serveNpm({ name: 'gen-config', version: VERSION, tarball: await tarball, bin });
  t.teardown(() => registry.close());
  const cwd = join(folder, 'repository');
  const run = (command: string) =>
    new Promise<{ readonly code: number | null; readonly output: string }>((done) => {
      const env = { ...process.env, NPM_CONFIG_REGISTRY: registry.url, NPM_CONFIG_CACHE: join(folder, 'cache') };
      const child = spawn('bash', ['-eo', 'pipefail', '-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
      child.on('close', (code) => done({ code, output }));
    });
  t.match(await run(`npx --yes gen-config@${VERSION}`), { code: 0, output: /wrote \.circleci\/config\.yml/ });
  const path = join(cwd, '.circleci/config.yml');
  const config = readFileSync(path, 'utf8');
  const command = /command: (npx .*)$/m.exec(config)?.[1] ?? 'no command';
  t.match(await run(command), { code: 0, output: /config\.yml is current/ });
  writeFileSync(path, config.replace('cimg/node:', 'cimg/other:'));
  t.match(await run(command), {
    code: 1,
    output: /\+ *- image: cimg\/node:[\s\S]*edited by hand|edited by hand[\s\S]*cimg\/node/,
  });
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
