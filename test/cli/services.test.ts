import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { testIo } from '../support/test-io.js';

const SPEC = `version: 1
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: STAGING, namespace: shop }
services:
  api: services/api/build-once.yml
  web:
    image: { path: services/web, repository: ghcr.io/acme/web }
    defaults: { kubernetes: { workloads: [deployment/web] } }
`;
const API = `image: { path: services/api, repository: ghcr.io/acme/api }
defaults: { kubernetes: { workloads: [deployment/api] } }
`;

function repository(t: Test, files: Readonly<Record<string, string>> = {}) {
  const folder = t.testdir({});
  const all = {
    '.circleci/build-once.yml': SPEC,
    'services/api/build-once.yml': API,
    'services/web/Dockerfile': 'FROM scratch\n',
    ...files,
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(all)) write(path, text);
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const run = async (...args: readonly string[]) => {
    const io = testIo({ cwd: folder });
    const code = await runGenConfig(args, io);
    return { code, out: io.out(), err: io.err() };
  };
  return { read, write, run };
}

const CONFIG = '.circleci/config.yml';
const CONTINUE = '.circleci/continue-config.yml';

t.test('a spec with services is two configs, and both are compared', async (t) => {
  const { read, write, run } = repository(t);
  t.match(await run(), { code: 0, err: /^wrote \.circleci\/config\.yml .*\nwrote \.circleci\/continue-config\.yml / });
  t.match(load(read(CONFIG)), { setup: true, workflows: { setup: {} } });
  t.match(load(read(CONTINUE)), { workflows: { 'api-deliver': {}, 'web-deliver': {} } });
  t.match(await run('check'), { code: 0, err: `${CONFIG} is current\n${CONTINUE} is current\n` });
  write('services/api/build-once.yml', API.replace('deployment/api', 'deployment/server'));
  const stale = await run('check');
  t.match(stale, { code: 1, out: /\+.*deployment\/server/ });
  t.match(stale.err, /continue-config\.yml is not what the spec says/);
  t.match((await run('check', '--format', 'junit')).out, /continue-config\.yml/);
  t.match(await run('check', '--format', 'json'), { code: 1, out: /"file": "\.circleci\/continue-config\.yml"/ });
});

t.test('the second config of a spec that has no services any more is told of', async (t) => {
  const { write, run } = repository(t, { '.circleci/build-once.yml': `${SPEC}install: vendored\n` });
  await run();
  write(
    '.circleci/build-once.yml',
    SPEC.replace(
      /services:(?:.|\n)*/,
      'image: { repository: ghcr.io/acme/shop }\ndefaults: { kubernetes: { workloads: [deployment/web] } }\n',
    ),
  );
  const { code, err } = await run();
  t.equal(code, 0);
  t.match(err, `gen-config: ${CONTINUE}: the file is no longer used: the spec makes none any more\n  -> Delete it.\n`);
  t.match(err, 'gen-config: .circleci/build-once.mjs: the file is no longer used');
  t.match(await run('check'), { code: 0, err: `${CONTINUE}: the file is no longer used` });
  t.match(await run('check', '--format', 'sarif'), { code: 0, out: '"ruleId": "config/unused"' });
  write(CONTINUE, 'mine\n');
  t.notMatch((await run('check')).err, CONTINUE, 'what gen-config did not write is not its to judge');
});

t.test('an image whose folder or Dockerfile is not there is refused', async (t) => {
  const { write, run } = repository(t);
  write(
    '.circleci/build-once.yml',
    SPEC.replace('services/web,', 'services/wep, dockerfile: services/web/Dockerfyle,'),
  );
  const { code, err } = await run();
  t.equal(code, 2);
  t.match(err, 'build-once.yml:9:20: there is no file or folder "services/wep" in the repository');
  t.match(err, 'build-once.yml:9:46: there is no file or folder "services/web/Dockerfyle" in the repository');
});

t.test('a path that is not there is refused, since no change would ever be one of it', async (t) => {
  const { write, run } = repository(t);
  write('services/api/build-once.yml', `paths: [services/api, libs/comon, 'libs/*']\n${API}`);
  const { code, err } = await run();
  t.equal(code, 2);
  t.match(err, 'services/api/build-once.yml:1:23: there is no file or folder "libs/comon" in the repository');
  t.match(err, '1 problem, nothing was written');
  write('libs/comon/index.js', '');
  t.match(await run(), { code: 0 });
});

t.test('what is wrong in the file of a service is shown in that file', async (t) => {
  const { write, run } = repository(t);
  write('services/api/build-once.yml', 'imge: {}\n');
  const { code, err } = await run();
  t.equal(code, 2);
  t.match(err, 'services/api/build-once.yml:1:1: unknown key "imge" in "api"');
  t.match(err, '\n 1 | imge: {}\n   | ^~~~\n');
  write('.circleci/build-once.yml', SPEC.replace('services/api/build-once.yml', 'services/none.yml'));
  t.match(await run(), { code: 2, err: /build-once\.yml:7:8: there is no file "services\/none\.yml"/ });
});

t.test('a continue config of somebody else is not overwritten', async (t) => {
  const { read, run } = repository(t, { [CONTINUE]: 'mine\n' });
  t.match(await run(), { code: 2, err: /continue-config\.yml was not written by gen-config.*\n {2}-> Rename it/ });
  t.equal(read(CONTINUE), 'mine\n');
  t.match(await run('check'), { code: 1, err: /continue-config\.yml was not written by gen-config/ });
  t.equal((await run('--force')).code, 0);
});

t.test('eject takes the mark out of both', async (t) => {
  const { read, run } = repository(t);
  t.match(await run('eject'), { code: 1, err: /is not what the spec says/ });
  await run();
  const { code, err } = await run('eject');
  t.equal(code, 0);
  t.match(err, /config\.yml and \.circleci\/continue-config\.yml are yours now/);
  t.match(
    err,
    'delete: .circleci/build-once.yml and services/api/build-once.yml.\n',
    'what was read, and no other file',
  );
  t.match(read(CONFIG), /^version: 2\.1\n\nsetup: true\n/);
  t.match(read(CONTINUE), /^version: 2\.1\n/);
});
