import { join } from 'node:path';
import t from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { goldenCases, goldenText } from '../support/golden.js';
import { testIo } from '../support/test-io.js';

/** Runs in the folder of a case, so that its .circleci/orbs and its files are found. */
async function run(folder: string, args: readonly string[], input?: string) {
  const cwd = join(process.cwd(), 'test/golden/process', folder);
  const io = testIo({ cwd, ...(input === undefined ? {} : { input }) });
  const code = await runGenConfig(['process', ...args], io);
  return { code, out: io.out(), err: io.err() };
}

t.test('the config of another folder', async (t) => {
  const io = testIo({ cwd: '/' });
  const folder = t.testdir({
    '.circleci': {
      'config.yml':
        'version: 2.1\njobs: { a: { machine: true, steps: [checkout] } }\nworkflows: { w: { jobs: [a] } }\n',
    },
  });
  t.equal(await runGenConfig(['process', '-C', folder], io), 0, io.err());
  t.equal(await runGenConfig(['process', '-C', folder, 'nowhere.yml'], io), 2);
  t.match(io.err(), `there is no file nowhere.yml in ${folder}\n`);
});

for (const { name, read } of goldenCases('process')) {
  t.test(`compile ${name}`, async (t) => {
    const args = (read('args') ?? '').split('\n').filter((line) => line !== '');
    const { code, out, err } = await run(name, [...args, 'config.yml']);
    t.match(read('config.yml'), /^# .+/, 'says which statement of the documentation it is about');
    t.equal(code, out === '' ? 1 : 0, 'the exit code says whether it compiles');
    if (out !== '') t.equal(out, goldenText(`process/${name}/expected.yml`, out));
    if (err !== '') t.equal(err, goldenText(`process/${name}/expected.txt`, err));
    t.equal(read('expected.yml') !== undefined, out !== '', 'compiles as expected');
    t.equal(read('expected.txt') !== undefined, err !== '', 'says something as expected');
    if (out === '') return;
    const again = await run(name, ['-'], out);
    t.equal(again.out, out, 'what comes out compiles to itself');
  });
}

const docker = 'docker: [{ image: cimg/base:2024.12 }]';
const config = `version: 2.1
parameters: { deploy: { type: boolean, default: false }, to: { type: enum, enum: [a, b], default: a } }
orbs: { acme: acme/tools@1.2.3 }
jobs: { build: { ${docker}, steps: [acme/say] } }
workflows: { w: { jobs: [build] } }
`;

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a file that is not there', ['nowhere.yml'], /there is no file nowhere\.yml/],
  ['a value without a name', ['--value', 'main', '-'], /--value is "main", expected NAME=VALUE/],
  ['a value of something else', ['--value', 'branch=main', '-'], /expected a name like pipeline\.git\.branch/],
  [
    'a value of the wrong type',
    ['--value', 'pipeline.number=one', '-'],
    /pipeline\.number is "one", expected a number/,
  ],
  ['a parameter that nobody declares', ['--parameter', 'deplo=true', '-'], /does not declare, did you mean "deploy"\?/],
  ['a parameter of the wrong type', ['--parameter', 'deploy=1', '-'], /--parameter deploy is "1", expected boolean/],
  ['a parameter that is not in its list', ['--parameter', 'to=c', '-'], /to is "c", expected one of "a", "b"/],
  ['an event that does not exist', ['--event', 'pull', '-'], /--event is "pull", expected one of push, tag/],
  ['an orb without a file', ['--orb', 'acme/tools@1.2.3', '-'], /--orb is "acme\/tools@1\.2\.3", expected NAME=VALUE/],
  ['an orb whose file is not there', ['--orb', 'acme/tools@1.2.3=x.yml', '-'], /there is no file x\.yml, which --orb/],
  ['two files', ['-', 'config.yml'], /"config\.yml" is one word too many/],
];

t.test('wrong usage is code 2, and says what to do', async (t) => {
  for (const [what, args, message] of REFUSED) {
    const { code, out, err } = await run('setup', args, config);
    t.equal(code, 2, what);
    t.equal(out, '', what);
    t.match(err, message, what);
    t.match(err, /process --help/, what);
  }
});

t.test('an orb that is no YAML, and a config that is none', async (t) => {
  const cwd = t.testdir({ '.circleci': { orbs: { acme: { 'tools@1.2.3.yml': 'a: [' } }, 'config.yml': config } });
  const io = testIo({ cwd });
  t.equal(await runGenConfig(['process'], io), 1);
  t.match(io.err(), /^\.circleci\/orbs\/acme\/tools@1\.2\.3\.yml:1:5: not valid YAML: /);
  const { code, err } = await run('setup', ['-'], 'a: [');
  t.equal(code, 1);
  t.match(err, /^<stdin>:1:5: not valid YAML: .*\[compile\/not-yaml\]/);
});

t.test('a config that becomes larger than CircleCI takes', async (t) => {
  const steps = Array(90).fill('c').join(', ');
  const large = `version: 2.1
commands: { c: { steps: [{ run: ${'x'.repeat(100_000)} }] } }
jobs: { build: { ${docker}, steps: [${steps}] } }
workflows: { w: { jobs: [build] } }
`;
  const { code, err } = await run('setup', ['-'], large);
  t.equal(code, 1);
  t.match(err, /the config has 8\.\d MB, and CircleCI takes at most 8 MB; the largest part of it is jobs\.build/);
});

const EVENTS = `version: 2.1
jobs: { j: { ${docker}, steps: [checkout] } }
workflows:
  a-push: { when: 'pipeline.event.name == "push" and pipeline.git.tag == ""', jobs: [j] }
  a-tag: { when: 'pipeline.event.name == "push" and pipeline.git.branch == ""', jobs: [j] }
  a-pull-request: { when: 'pipeline.event.name == "pull_request"', jobs: [j] }
  a-schedule: { when: 'pipeline.trigger_source == "scheduled_pipeline"', jobs: [j] }
  the-api: { when: { equal: [api, << pipeline.trigger_source >>] }, jobs: [j] }
  a-webhook: { when: 'pipeline.trigger.type == "webhook"', jobs: [j] }
`;

t.test('each event gives the values that follow from it', async (t) => {
  const given = ['--value', 'pipeline.git.branch=main', '--value', 'pipeline.git.tag='];
  const known = ['--value', 'pipeline.event.name=x', '--value', 'pipeline.trigger.type=x'];
  for (const [event, more, ...workflows] of [
    ['push', ['--value', 'pipeline.git.branch=main', '--value', 'pipeline.trigger.type=github_app'], 'a-push'],
    ['tag', ['--value', 'pipeline.git.tag=v1', '--value', 'pipeline.trigger.type=github_app'], 'a-tag'],
    ['pull_request', ['--value', 'pipeline.git.branch=x', ...known.slice(2)], 'a-pull-request'],
    ['schedule', given, 'a-schedule'],
    ['api', [...given, ...known.slice(2)], 'the-api'],
    ['webhook', [...given, ...known.slice(0, 2)], 'a-webhook'],
  ] as const) {
    const { code, out } = await run('setup', ['--event', event, ...more, '-'], EVENTS);
    t.equal(code, 0, event);
    t.strictSame(
      out.match(/^ {2}(?:a|the)-[a-z-]+/gm)?.map((line) => line.trim()),
      workflows,
      event,
    );
    t.match(out, /^version: 2$/m, `${event}: nothing is left open`);
  }
});

t.test('sources of orbs in other places', async (t) => {
  const orb = 'commands: { say: { steps: [{ run: echo hello }] } }\n';
  const imports = '{ a: acme/tools@1.2, b: acme/tools@dev:first, c: https://ci.example.com/o/orb.yml }';
  const files = {
    'config.yml': config.replace(/orbs: .*/, `orbs: ${imports}`).replace('acme/say', 'a/say, b/say, c/say'),
  };
  const cwd = t.testdir({
    ...files,
    'mine.yml': orb,
    cache: { acme: { 'tools@1.2.9.yml': orb, 'tools@dev-first.yml': orb } },
  });
  const io = testIo({ cwd });
  const args = ['--orbs', 'cache', '--orb', 'https://ci.example.com/o/orb.yml=mine.yml', 'config.yml'];
  t.equal(await runGenConfig(['process', ...args], io), 0);
  t.equal(io.err(), '', 'all of them are found');
  t.equal(io.out().match(/echo hello/g)?.length, 3);
});
