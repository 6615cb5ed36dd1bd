import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { verbs } from '../../src/cli/verbs.js';
import { readSpec } from '../../src/spec/read.js';
import { schema } from '../../src/spec/schema.js';
import { serviceTexts } from '../support/generate.js';
import { goldenCases, goldenText } from '../support/golden.js';
import { testIo } from '../support/test-io.js';

const SPEC = `version: 1
image: { repository: ghcr.io/acme/shop }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: STAGING, namespace: shop, workloads: [deployment/web] }
`;

function repository(t: Test, spec: string): string {
  const folder = t.testdir({});
  mkdirSync(join(folder, '.circleci'));
  writeFileSync(join(folder, '.circleci/build-once.yml'), spec);
  return folder;
}

async function run(cwd: string, ...args: readonly string[]) {
  const io = testIo({ cwd });
  const code = await runGenConfig(args, io);
  return { code, out: io.out(), err: io.err() };
}

t.test('explain says what each golden spec does', async (t) => {
  for (const { name, read } of goldenCases('config')) {
    const folder = repository(t, read('build-once.yml') ?? '');
    const base = read('base.yml');
    if (base !== undefined) writeFileSync(join(folder, '.circleci/base.yml'), base);
    for (const [path, text] of Object.entries(serviceTexts(read('build-once.yml') ?? '', read))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const spec = { file: '', text: read('build-once.yml') ?? '' };
    const project = readSpec(
      spec,
      base === undefined ? undefined : { file: '', text: base },
      serviceTexts(spec.text, read),
    );
    for (const { path } of project.ok ? project.value.paths : []) mkdirSync(join(folder, path), { recursive: true });
    const { code, out } = await run(folder, 'explain');
    t.equal(code, 0, name);
    t.equal(out, goldenText(`config/${name}/explained.txt`, out), name);
  }
  t.match(await run(repository(t, 'version: 1\n'), 'explain'), { code: 2, out: '', err: /nothing to do/ });
});

t.test('schema prints what editors read', async (t) => {
  const { code, out } = await run(t.testdir({}), 'schema');
  t.equal(code, 0);
  t.strictSame(JSON.parse(out), schema);
});

t.test('upgrade has nothing to do yet, and says so', async (t) => {
  t.match(await run(repository(t, SPEC), 'upgrade'), { code: 0, err: /is of version 1, the newest: nothing to do/ });
  t.match(await run(repository(t, SPEC.replace('1', '2')), 'upgrade'), {
    code: 2,
    err: /"version" is the number 2, expected the number 1/,
  });
});

t.test('eject leaves a config that is anybody’s', async (t) => {
  const folder = repository(t, SPEC);
  const path = join(folder, '.circleci/config.yml');
  t.match(await run(folder, 'eject'), { code: 1, err: /is not what the spec says\n {2}-> Run "npx gen-config" first/ });
  await run(folder);
  const before = readFileSync(path, 'utf8');
  const { code, err } = await run(folder, 'eject');
  t.equal(code, 0);
  t.match(err, 'What is lost:');
  const after = readFileSync(path, 'utf8');
  t.match(after, /^version: 2\.1\n/, 'the mark is gone');
  t.strictSame(load(after), load(before), 'and nothing else has changed');
  t.match(await run(folder, 'eject'), { code: 2, err: /there is nothing to leave/ });
  t.match(await run(folder), { code: 2, err: /was not written by gen-config/ });
  t.equal((await run(folder, '--force')).code, 0, 'the way back');
});

t.test('eject takes the job with it that would refuse the config', async (t) => {
  const folder = repository(t, `${SPEC}check: true\n`);
  const path = join(folder, '.circleci/config.yml');
  await run(folder);
  t.match(readFileSync(path, 'utf8'), 'gen-config@');
  t.match(await run(folder, 'eject'), { code: 0, err: /The job check-config is gone from the config\./ });
  const after = readFileSync(path, 'utf8');
  t.notMatch(after, /check-config|gen-config\S* check/);
  const plain = repository(t, SPEC);
  await run(plain);
  await run(plain, 'eject');
  t.equal(after, readFileSync(join(plain, '.circleci/config.yml'), 'utf8'), 'as if it had never been there');

  const alone = repository(t, 'version: 1\ncheck: true\n');
  await run(alone);
  t.match(await run(alone, 'eject'), { code: 2, err: /all that \.circleci\/config\.yml does is check itself/ });
});

t.test('check in the formats that programs read', async (t) => {
  const folder = repository(t, SPEC);
  const json = async () => JSON.parse((await run(folder, 'check', '--format', 'json')).out);
  t.match(await json(), [{ code: 'config/missing', file: '.circleci/config.yml' }]);
  await run(folder);
  t.strictSame(await json(), []);
  const path = join(folder, '.circleci/config.yml');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(9, `${lines[9]} # edited`).join('\n'));
  t.match(
    await json(),
    [{ code: 'config/stale', range: { start: { line: 10, column: 1 } } }],
    'at the first line that differs',
  );
  t.match(await run(folder, 'check', '--format', 'junit'), {
    code: 1,
    out: /<testsuite name="gen-config" tests="3" failures="1">[\s\S]*config\/stale at line 10/,
  });
  const sarif = JSON.parse((await run(folder, 'check', '--format=sarif')).out);
  t.match(sarif, { version: '2.1.0', runs: [{ results: [{ ruleId: 'config/stale', level: 'error' }] }] });
  writeFileSync(path, 'version: 2.1\n');
  t.match(await json(), [{ code: 'config/foreign' }]);
  t.match(await run(folder, 'check'), { code: 1, err: /was not written by gen-config/ });

  writeFileSync(join(folder, '.circleci/build-once.yml'), `${SPEC}tests: ["<a & 'b'>"]\n`);
  t.match(await json(), [{ code: 'spec/unknown-key', help: 'did you mean "test"?' }]);
  const junit = await run(folder, 'check', '--format', 'junit');
  t.equal(junit.code, 2);
  t.match(junit.out, '&quot;tests&quot;');
  t.equal(junit.err, '', 'nothing but the report');
});

t.test('every verb explains itself, with examples', async (t) => {
  const folder = t.testdir({});
  const overview = await run(folder, '--help');
  for (const verb of verbs) {
    t.match(overview.out, `  ${verb.name}`);
    const help = await run(folder, verb.name, '--help');
    t.equal(help.code, 0);
    for (const flag of Object.keys(verb.options)) t.match(help.out, `--${flag}`, `${verb.name} --${flag}`);
    t.match(help.out, /Examples:\n {2}gen-config/);
    t.strictSame(await run(folder, 'help', verb.name), help);
  }
});
