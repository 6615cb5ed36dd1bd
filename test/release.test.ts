import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { ORB_NAME, VERSION } from '../src/version.js';
import { mappingOf } from '../src/yaml/mapping.js';
import { readText } from './support/golden.js';
import { processConfig } from './support/process-config.js';

const hashOf = (bytes: Buffer | string) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** A repository about to be released as 1.2.3, with its package packed. */
function repository(t: Test, options: { readonly pinned?: string; readonly heading?: string } = {}): string {
  const { pinned = hashOf('the program\n'), heading = '## 1.2.3 - 2026-01-02' } = options;
  const folder = t.testdir({
    'package.json': '{"name":"gen-config","version":"1.2.3"}',
    'CHANGELOG.md': `# Changelog\n\n## Unreleased\n\n${heading}\n`,
    generated: { 'orb.yml': `commands:\n    install:\n        default: ${pinned}\n` },
    package: { dist: { 'build-once.mjs': 'the program\n' } },
    release: {},
    bin: {},
  });
  spawnSync('tar', ['-czf', 'release/gen-config-1.2.3.tgz', 'package'], { cwd: folder });
  return folder;
}

function script(name: string, folder: string, env: Readonly<Record<string, string>>) {
  const args = [resolve('scripts', name), 'release/gen-config-1.2.3.tgz'];
  const whole = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, FOLDER: folder, ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env: whole, encoding: 'utf8' });
  return { status, stdout, stderr };
}

t.test('a release whose parts belong together is let through, and no other', async (t) => {
  const check = (folder: string, tag: string) => script('check-release.mjs', folder, { CIRCLE_TAG: tag });
  t.match(check(repository(t), 'v1.2.3'), { status: 0, stdout: /^v1\.2\.3: / });
  for (const tag of ['v1.2.4', '1.2.3', 'v1.2.3-rc.1', '', 'v1.2.3\n']) {
    const refused = check(repository(t), tag);
    t.match(refused, { status: 1, stderr: /expected the tag v1\.2\.3/, stdout: '' }, JSON.stringify(tag));
  }
  t.match(check(repository(t, { heading: '## 1.2.30' }), 'v1.2.3'), { status: 1, stderr: /no section "## 1\.2\.3"/ });
  t.match(check(repository(t, { pinned: hashOf('another') }), 'v1.2.3'), { status: 1, stderr: /the orb pins another/ });
  const both = check(repository(t, { pinned: 'x', heading: '' }), 'v2.0.0');
  t.equal(both.stderr.trim().split('\n').length, 3, 'all that is wrong is said at once');
});

/** `npm` and `circleci`, which note what they are called with. */
const NPM = `#!/bin/sh
[ "$1" != view ] || { printf '%s\\n' "\${PUBLISHED-}"; exit "\${VIEW_CODE-0}"; }
[ "$1" != config ] || { echo https://registry.example/; exit; }
printf '%s ' "$NPM_ID_TOKEN" "$@" >"$FOLDER/published"
exit "\${NPM_CODE-0}"
`;
const CIRCLECI = `#!/bin/sh
printf '%s ' "$@" >"$FOLDER/token"
echo oidc-token
`;

function publish(t: Test, env: Readonly<Record<string, string>> = {}) {
  const folder = repository(t);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const [name, text] of [
    ['npm', NPM],
    ['circleci', CIRCLECI],
  ] as const) {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const integrity = hashOf(readFileSync(join(folder, 'release/gen-config-1.2.3.tgz')));
  const given = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value.replace('SAME', integrity)]));
  const result = script('publish-package.mjs', folder, given);
  const noted = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  return { ...result, npm: noted('published'), token: noted('token') };
}

t.test('the package is published with a token of the moment, once', async (t) => {
  for (const env of [{}, { VIEW_CODE: '1' }]) {
    const first = publish(t, env);
    t.match(first, { status: 0, npm: 'oidc-token publish --access public release/gen-config-1.2.3.tgz ' });
    t.equal(first.token, 'run oidc get --claims {"aud":"npm:registry.example"} ');
    t.notMatch(first.stdout + first.stderr, 'oidc-token', 'which is in no log');
  }
  t.match(publish(t, { PUBLISHED: 'SAME' }), { status: 0, npm: '', token: '', stdout: /nothing to do/ });
  t.match(publish(t, { PUBLISHED: 'sha512-x' }), { status: 1, npm: '', token: '', stderr: /with other bytes/ });
  t.match(publish(t, { NPM_CODE: '1' }), { status: 1 });
});

/** The jobs of circleci/orb-tools 12 that the release calls, with the parameters of its reference that it gives. */
const orbTools = () => {
  const text = { type: 'string', default: '' };
  const job = (parameters: Readonly<Record<string, unknown>>) => ({
    parameters,
    docker: [{ image: 'cimg/base:current' }],
    steps: ['checkout'],
  });
  return {
    jobs: {
      pack: job({ source_dir: text }),
      review: job({ source_dir: text }),
      publish: job({
        orb_name: { type: 'string' },
        vcs_type: { type: 'enum', enum: ['gh', 'github', 'bb', 'bitbucket'] },
        pub_type: { type: 'enum', enum: ['dev', 'production'], default: 'dev' },
        enable_pr_comment: { type: 'boolean', default: true },
      }),
    },
  };
};

t.test('the release of this project is held before anything is published for good', async (t) => {
  const config = mappingOf(load(readText('.circleci/config.yml') ?? ''));
  const imports = { 'circleci/orb-tools@12.4.0': orbTools() };
  const { processed, problems } = processConfig(config, { imports });
  t.strictSame(problems, []);
  const { when, jobs = [] } = processed.workflows['release'] ?? {};
  const named = new Map(jobs.map((job) => [job.name, job]));
  const before = (name: string): readonly string[] =>
    (named.get(name)?.requires ?? []).flatMap((required) => [required, ...before(required)]);
  t.strictSame(named.get('publish-package')?.requires, ['request_publish'], 'nothing gets round the hold');
  t.strictSame(named.get('publish-orb')?.requires, ['publish-package'], 'the orb comes after what it installs');
  t.equal(named.get('request_publish')?.approval, true);
  for (const first of ['lint', 'unit-node-20', 'unit-node-22', 'pack-package', 'pack-orb', 'review-orb'])
    t.ok(before('request_publish').includes(first), `${first} comes before the hold`);
  t.strictSame([...new Set(jobs.map(({ filters }) => filters))], [when], 'all jobs run for the same tags');
  const pattern = new RegExp(/\/(.*)\//.exec(String(when))?.[1] ?? '');
  t.ok(pattern.test(`v${VERSION}`));
  for (const tag of ['v1.2', '1.2.3', 'v1.2.3-rc.1', 'xv1.2.3']) t.notOk(pattern.test(tag), tag);
  const contexts = (name: string) => named.get(name)?.context;
  t.strictSame(contexts('publish-dev-orb'), ['orb-development']);
  t.strictSame(contexts('publish-package'), ['npm-publishing']);
  t.strictSame(contexts('publish-orb'), ['orb-publishing']);
  const held = ['publish-package', 'publish-orb'];
  for (const { name, context } of jobs.filter((job) => !held.includes(job.name)))
    t.notOk(
      context.includes('npm-publishing') || context.includes('orb-publishing'),
      `${name} cannot publish for good`,
    );
  t.match(readText('.circleci/base.yml'), `orb_name: ${ORB_NAME}`);
  const steps = JSON.stringify(processed.jobs['publish-package']);
  t.notMatch(steps, /npm ci|npm install/, 'nothing foreign runs beside the token');
});
