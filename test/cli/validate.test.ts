import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { testIo } from '../support/test-io.js';

const GOOD = `version: 2.1
jobs:
  build:
    docker: [{ image: cimg/base:2026.01 }]
    steps: [run: make]
workflows:
  main:
    jobs: [build]
`;
const BAD = GOOD.replace('jobs: [build]', 'jobs: [biuld]');
const CAREFREE = GOOD.replace('run: make', 'run: curl https://example.com/x | sh');

function repository(t: Test, files: Readonly<Record<string, string>>): string {
  const folder = t.testdir({});
  mkdirSync(join(folder, '.circleci'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, '.circleci', name), text);
  return folder;
}

async function run(cwd: string, input: string, ...args: readonly string[]) {
  const io = testIo({ cwd, input });
  const code = await runGenConfig(['validate', ...args], io);
  return { code, out: io.out(), err: io.err() };
}

t.test('the exit code says whether CircleCI would take the config', async (t) => {
  const good = repository(t, { 'config.yml': GOOD });
  t.match(await run(good, ''), { code: 0, out: '', err: '.circleci/config.yml: nothing found\n' });
  const bad = await run(repository(t, { 'config.yml': BAD }), '');
  t.match(bad, { code: 1, err: /: 1 error, 1 warning\n/ });
  t.match(bad.out, /^\.circleci\/config\.yml:3:3: warning: no workflow runs the job "build" \[config\/unused-job\]/);
  t.match(bad.out, /:8:12: there is no job "biuld", did you mean "build"\? \[config\/unknown-job\]/);
  const carefree = await run(repository(t, { 'config.yml': CAREFREE }), '');
  t.match(carefree, { code: 0, out: /piped-download/, err: /: 0 errors, 1 warning\n/ }, 'a warning is no failure');
  t.match(await run(repository(t, {}), ''), { code: 2, out: '', err: /there is no file \.circleci\/config\.yml/ });
});

t.test('files, and standard input', async (t) => {
  const folder = repository(t, { 'a.yml': GOOD, 'b.yml': BAD });
  const both = await run(folder, '', '.circleci/a.yml', '.circleci/b.yml');
  t.match(both, { code: 1, out: /^\.circleci\/b\.yml:/, err: /2 files: 1 error, 1 warning/ });
  t.match(await run(folder, BAD, '-'), { code: 1, out: /^<stdin>:3:3/ });
  t.match(await run(folder, '', '.circleci/a.yml', 'nowhere.yml'), { code: 2, err: /there is no file nowhere\.yml\n/ });
});

t.test('the config of another folder, and the orbs beside it', async (t) => {
  const folder = repository(t, { 'config.yml': `${GOOD}orbs: { acme: acme/tools@1.2.3 }\n` });
  mkdirSync(join(folder, '.circleci/orbs/acme'), { recursive: true });
  writeFileSync(join(folder, '.circleci/orbs/acme/tools@1.2.3.yml'), 'version: [\n');
  for (const file of [[], ['.circleci/config.yml'], [join(folder, '.circleci/config.yml')]]) {
    const orb = await run('/', '', '-C', folder, ...file);
    t.match(orb, { code: 2, err: /^\.circleci\/orbs\/acme\/tools@1\.2\.3\.yml:/ }, 'what it reads is from there');
  }
  const missing = await run('/', '', '--directory', folder, 'nowhere.yml');
  t.match(missing, { code: 2, err: `there is no file nowhere.yml in ${folder}\n  -> Name the files` });
});

t.test('what a rule weighs', async (t) => {
  const folder = repository(t, { 'config.yml': CAREFREE });
  t.match(await run(folder, '', '--rule', 'piped-download=off'), { code: 0, out: '' });
  t.match(await run(folder, '', '--rule', 'piped-download=error'), { code: 1, out: /:5:18: "https/ });
  t.match(await run(folder, '', '--rule=piped-download=error', '--rule=piped-download=off'), { code: 0, out: '' });
  t.match(await run(folder, '', '--rule', 'piped-downlod=off'), {
    code: 2,
    err: /there is no rule "piped-downlod", did you mean "piped-download"\?/,
  });
  t.match(await run(folder, '', '--rule', 'piped-download=maybe'), { code: 2, err: /expected piped-download=off/ });
});

t.test('the formats that programs read', async (t) => {
  const folder = repository(t, { 'config.yml': BAD });
  const json = await run(folder, '', '--format', 'json');
  t.equal(json.code, 1);
  t.match(JSON.parse(json.out), [{ code: 'config/unused-job' }, { code: 'config/unknown-job', severity: 'error' }]);
  const sarif = JSON.parse((await run(folder, '', '--format', 'sarif')).out);
  t.match(sarif.runs[0].results, [{ level: 'warning' }, { ruleId: 'config/unknown-job', level: 'error' }]);
  t.match((await run(folder, '', '--format', 'junit')).out, 'tests="1" failures="1"');
});

t.test('comments silence what is found', async (t) => {
  const silenced = async (text: string) => (await run(repository(t, { 'config.yml': text }), '')).out;
  const line = CAREFREE.replace('| sh]', '| sh] # cci-ignore');
  t.equal(await silenced(line), '', 'on its line');
  t.equal(await silenced(CAREFREE.replace('    steps', '    # cci-ignore-next-line\n    steps')), '');
  const range = CAREFREE.replace('jobs:', '# cci-ignore-start\njobs:').replace(
    'workflows',
    '# cci-ignore-end\nworkflows',
  );
  t.equal(await silenced(range), '', 'in a range');
  t.equal(await silenced(`${CAREFREE}#cci-ignore-file\n`), '', 'in the whole file');
  t.match(await silenced(CAREFREE.replace('| sh]', '| sh] # cci-ignored')), 'piped-download');
  const script = CAREFREE.replace(
    '[run: curl https://example.com/x | sh]',
    '[run: "curl https://example.com/x | sh # cci-ignore"]',
  );
  t.match(await silenced(script), 'piped-download', 'what stands in a script is no comment');
});

t.test('an orb is taken as it is, until its source is at hand', async (t) => {
  const config = GOOD.replace('jobs:\n', 'orbs:\n  tools: acme/tools@1.0.0\njobs:\n').replace(
    'run: make',
    'tools/instal',
  );
  const folder = repository(t, { 'config.yml': config, 'tools.yml': 'commands: { install: { steps: [checkout] } }\n' });
  t.match(await run(folder, ''), { code: 0, out: '' }, 'nothing is known of it');
  const known = await run(folder, '', '--orb', 'acme/tools@1.0.0=.circleci/tools.yml');
  t.match(known, { code: 1, out: /there is no command "tools\/instal"/ });
  t.match(await run(folder, '', '--orb', 'acme/tools@1.0.0=nowhere.yml'), {
    code: 2,
    err: /there is no file nowhere\.yml/,
  });
  t.match(await run(folder, '', '--orb', 'tools'), { code: 2, err: /expected NAME=VALUE/ });
});

t.test('every word of the help is true', async (t) => {
  const { code, out } = await run(t.testdir({}), '', '--help');
  t.equal(code, 0);
  t.match(out, 'Usage: gen-config validate [FILE...] [OPTIONS]');
});
