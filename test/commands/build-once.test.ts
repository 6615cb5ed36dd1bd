import { spawnSync } from 'node:child_process';
import t from 'tap';
import { command, type Options, type Parameters } from '../../src/commands/command.js';
import { parseDuration } from '../../src/commands/duration.js';
import { commands } from '../../src/commands/list.js';
import { readOptions } from '../../src/commands/options.js';
import { order } from '../../src/commands/parameters.js';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { plainLine, plainText } from '../../src/io/plain-text.js';
import { testIo } from '../support/test-io.js';

const sample = command({
  name: 'sample_thing',
  summary: 'A sample.',
  description: 'For the tests.',
  parameters: {
    text: { type: 'string', description: 'Text.' },
    literal: { type: 'string', description: 'Literal.', default: '$HOME', verbatim: true },
    flag: { type: 'boolean', description: 'Flag.', default: false },
    count: { type: 'integer', description: 'Count.', default: 3 },
    kind: { type: 'enum', description: 'Kind.', enum: ['a', 'b'], default: 'a' },
  },
  files: [],
  examples: [],
  seeAlso: [],
  run: async () => ({ run: async () => ({ ok: true, value: { summary: '' } }) }),
});

t.test('a secret is named, never given', async (t) => {
  const { login } = await import('../../src/commands/parameters.js');
  const login_ = command({
    ...sample,
    parameters: login,
    run: async () => ({ run: async () => ({ ok: true, value: { summary: '' } }) }),
  });
  const env = { TOKEN: 'p$a${USER}\n', USER: 'me' };
  t.strictSame(readOptions(login_, { username: '$USER', password: '$TOKEN' }, env), {
    ok: true,
    value: { username: 'me', password: 'p$a${USER}\n', workload_identity_provider: '', service_account: '' },
  });
  t.match(readOptions(login_, { username: 'AWS', password: '${TOKEN}' }, env), { value: { username: 'AWS' } });
  t.match(readOptions(login_, {}, env), { value: { username: '', password: '' } });
  for (const given of ['s3cret', 's$TOKEN', '$TOKEN ', '$(id)', '$$']) {
    const read = readOptions(login_, { username: 'me', password: given }, env);
    t.match(read, { ok: false, error: { code: 2, cause: /^--password .*is not \$NAME/ } }, given);
    t.notOk(JSON.stringify(read).includes(JSON.stringify(given).slice(1, -1)), `${given} is not in the message`);
  }
  t.match(readOptions(login_, { password: '$GONE' }, env), { error: { cause: /\$GONE is not set/ } });
});

t.test('a commit to go back to is in the environment, or not', async (t) => {
  const back = command({
    ...sample,
    parameters: { rollback_to: order.rollback_to },
    run: async () => ({ run: async () => ({ ok: true, value: { summary: '' } }) }),
  });
  t.strictSame(readOptions(back, {}, {}), { ok: true, value: { rollback_to: '' } });
  t.strictSame(readOptions(back, {}, { ROLLBACK_TO: 'abc' }), { ok: true, value: { rollback_to: 'abc' } });
  t.strictSame(readOptions(back, {}, { ROLLBACK_TO: 'abc', BUILD_ONCE_ROLLBACK_TO: '$ROLLBACK_TO' }), {
    ok: true,
    value: { rollback_to: 'abc' },
  });
  t.strictSame(readOptions(back, { rollback_to: 'def' }, { ROLLBACK_TO: 'abc' }), {
    ok: true,
    value: { rollback_to: 'def' },
  });
});

t.test('options: flags, then the environment, then defaults', async (t) => {
  const read = (given: Readonly<Record<string, string | boolean>>, env: Readonly<Record<string, string>> = {}) =>
    readOptions(sample, given, env);
  t.strictSame(read({ text: 'x' }), {
    ok: true,
    value: { text: 'x', literal: '$HOME', flag: false, count: 3, kind: 'a' },
  });
  const env = { BUILD_ONCE_TEXT: 'e', BUILD_ONCE_FLAG: '1', BUILD_ONCE_COUNT: '7', BUILD_ONCE_KIND: 'b' };
  t.match(read({}, env), { ok: true, value: { text: 'e', flag: true, count: 7, kind: 'b' } });
  t.match(read({ text: 'x', flag: false }, env), { ok: true, value: { text: 'x', flag: false } });
  t.match(read({}, { ...env, BUILD_ONCE_FLAG: 'false' }), { value: { flag: false } }, 'CircleCI says false');
  t.match(read({}, { ...env, BUILD_ONCE_FLAG: '0' }), { value: { flag: false } }, 'and 0');
  t.match(
    read({ text: '$A-${B}/$(id)`id`$1$' }, { A: 'a', B: '$A' }),
    { value: { text: 'a-$A/$(id)`id`$1$' } },
    'names alone are looked up, once',
  );
  t.match(
    read({ text: 'x', literal: '$A' }, { A: 'a' }),
    { value: { literal: '$A' } },
    'a verbatim one is taken as it is',
  );
  t.match(read({ text: '$NOPE' }), { ok: false, error: { code: 2, cause: /\$NOPE is not set in the environment/ } });
  t.match(read({ flag: 'maybe', count: '1.5', kind: 'c' }), {
    error: {
      cause: '--text (BUILD_ONCE_TEXT): must be given',
      details: [
        /--flag .*expected true or false/,
        /--count .*expected a whole number/,
        /--kind .*expected one of "a", "b"/,
      ],
    },
  });
  const typed: Options<typeof sample.parameters> = { text: '', literal: '', flag: true, count: 1, kind: 'a' };
  t.type(typed.count, 'number');
});

t.test('durations', async (t) => {
  t.strictSame(
    ['90s', '10m', '1h30m', '1h2m3s'].map((text) => parseDuration(text)),
    [90_000, 600_000, 5_400_000, 3_723_000].map((value) => ({ ok: true, value })),
  );
  for (const text of ['', '10', 'm', '-1s', '1.5h', '10 m', '0s', '1s1h?']) t.notOk(parseDuration(text).ok, text);
});

const run = async (...args: readonly string[]) => {
  const io = testIo();
  return { code: await runBuildOnce(args, io), out: io.out(), err: io.err() };
};

t.test('help, version and wrong words', async (t) => {
  const overview = await run('--help');
  t.equal(overview.code, 0);
  for (const { name } of commands) t.match(overview.out, name.replaceAll('_', '-'));
  t.match(await run(), { code: 2, err: overview.out, out: '' });
  t.match(await run('--version'), { code: 0, out: /^build-once \d/ });
  t.match(await run('help', 'deploy'), { code: 0, out: /^build-once deploy: Set workloads/ });
  for (const { name, parameters } of commands) {
    const help = await run(name.replaceAll('_', '-'), '--help');
    for (const parameter of Object.keys(parameters as Parameters)) {
      t.match(help.out, `--${parameter.replaceAll('_', '-')}`, `${name} explains ${parameter}`);
      t.match(help.out, `BUILD_ONCE_${parameter.toUpperCase()}`);
    }
  }
  t.match(await run('depoy'), {
    code: 2,
    err: 'build-once depoy: there is no command "depoy"\n  -> Did you mean "deploy"?\n',
  });
  t.match(await run('deploy', '--namespce', 'x'), { code: 2, err: /Did you mean --namespace\?/ });
  t.match(await run('deploy', 'web'), { code: 2, err: /deploy/ });
  t.match(await run('deploy'), { code: 2, err: /must be given[\s\S]*-> build-once deploy --help lists every option/ });
});

t.test('the bundle is one file that starts anywhere', async (t) => {
  const folder = t.testdir({});
  const bundle = (...args: readonly string[]) =>
    spawnSync('node', [`${process.cwd()}/dist/build-once.mjs`, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
  t.equal(bundle('--help').stdout, (await run('--help')).out);
  const commit = '0123456789012345678901234567890123456789';
  // Loads what is held back until a command runs: the registry client, over a real socket that nobody listens on.
  const refused = bundle(
    'verify-image',
    '--repository=127.0.0.1:1/shop',
    '--environment=staging',
    `--commit=${commit}`,
  );
  t.equal(refused.status, 1);
  t.match(refused.stderr, /127\.0\.0\.1:1 refused the connection/);
  t.notMatch(refused.stderr, / {4}at /, 'no stack trace');
});

t.test('text of a stranger is made plain', (t) => {
  t.equal(
    plainText('a\u001b[31mb\u001b[0m\u001b[2K\u001b[1A\u001b]8;;x\u001b\\c\u001bM\u0008\ttab\u009b1A é'),
    'abc\ttab1A é',
  );
  t.equal(plainText('one\r\ntwo\rthree\r'), 'one\ntwo three');
  const bytes = Buffer.from([0xff, 0xfe, 0x41, 0x80]);
  t.same(Buffer.from(plainLine(bytes)), bytes, 'bytes that are no text stay');
  t.end();
});

t.test('a command that is cancelled says so first', async (t) => {
  const stop = new AbortController();
  stop.abort();
  const io = testIo({ signal: stop.signal, env: {} });
  const commit = '0123456789012345678901234567890123456789';
  const args = ['verify-image', '--repository=127.0.0.1:1/shop', '--environment=staging', `--commit=${commit}`];
  t.equal(await runBuildOnce(args, io), 1);
  t.match(io.err(), /^build-once verify-image: this job was asked to end before it was done: /);
  t.match(
    io.err(),
    /\n {2}-> Run the job again: what is done already is recognised\.\n$/,
    'and does not blame the registry',
  );
});
