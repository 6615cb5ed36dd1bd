import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { PLAN_SCRIPT, UPDATE_SCRIPT } from '../../src/circleci/orb/release-scripts.js';
import { type Mapping, mappingOf } from '../../src/yaml/mapping.js';
import { generateText } from '../support/generate.js';
import { readText } from '../support/golden.js';
import { HOSTILE } from '../support/hostile.js';
import { processConfig } from '../support/process-config.js';

/** A `circleci` that notes its arguments, a file per call with a NUL after each, and ends with $CIRCLECI_CODE. */
const CIRCLECI = `#!/bin/sh
[ "\${CIRCLECI_HANGS-}" = '' ] || exec sleep 100
printf '%s\\0' "$@" >"$CIRCLECI_LOG/$$"
echo 'words of circleci' >&2
exit "\${CIRCLECI_CODE-0}"
`;

interface Run {
  readonly code: number | null;
  readonly output: string;
  /** The arguments of each call of `circleci`. */
  readonly calls: readonly (readonly string[])[];
}

/** Runs the script of a step as CircleCI does; `shell` for jobs whose image has no bash. */
async function step(t: Test, script: string, env: Mapping, shell = ['bash', '-eo', 'pipefail']): Promise<Run> {
  const folder = t.testdir({ bin: {}, log: {}, work: {} });
  const circleci = join(folder, 'bin/circleci');
  writeFileSync(circleci, CIRCLECI);
  chmodSync(circleci, 0o755);
  const whole = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    CIRCLECI_LOG: join(folder, 'log'),
    CIRCLE_SHA1: 'c0ffee',
    BUILD_ONCE_NAME: 'staging',
    BUILD_ONCE_TARGET_VERSION: '$CIRCLE_SHA1',
    BUILD_ONCE_ENVIRONMENT_NAME: 'staging',
    BUILD_ONCE_COMPONENT_NAME: 'shop',
    BUILD_ONCE_STATUS: 'RUNNING',
    BUILD_ONCE_FAILURE_REASON: '',
    ...env,
  };
  const [program = '', ...args] = shell;
  // One stream for both, as in the log of a job: of two pipes nobody knows which was written first.
  const both = `exec 2>&1\n${script}`;
  const child = spawn(program, [...args, '-c', both], { cwd: join(folder, 'work'), env: whole as NodeJS.ProcessEnv });
  let output = '';
  child.stdout.on('data', (piece) => (output += String(piece)));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  t.strictSame(readdirSync(join(folder, 'work')), [], 'nothing is written where a checkout needs an empty folder');
  const log = join(folder, 'log');
  const calls = readdirSync(log).map((file) => readFileSync(join(log, file), 'utf8').split('\0').slice(0, -1));
  return { code, output, calls };
}

t.test('a marker is planned and updated', async (t) => {
  for (const shell of [
    ['bash', '-eo', 'pipefail'],
    ['sh', '-e'],
  ]) {
    const plan = await step(t, PLAN_SCRIPT, {}, shell);
    t.match(plan, { code: 0, output: /deploy marker: planned as staging/ });
    t.strictSame(plan.calls, [
      [
        'run',
        'release',
        'plan',
        'staging',
        '--target-version=c0ffee',
        '--environment-name=staging',
        '--component-name=shop',
      ],
    ]);
    const running = await step(t, UPDATE_SCRIPT, {}, shell);
    t.match(running, { code: 0, output: /deploy marker: staging is RUNNING/ });
    t.strictSame(running.calls, [['run', 'release', 'update', 'staging', '--status=RUNNING']]);
    const failed = await step(
      t,
      UPDATE_SCRIPT,
      { BUILD_ONCE_STATUS: 'FAILED', BUILD_ONCE_FAILURE_REASON: '$CIRCLE_BUILD_URL', CIRCLE_BUILD_URL: 'https://x/1' },
      shell,
    );
    t.strictSame(failed.calls, [
      ['run', 'release', 'update', 'staging', '--status=FAILED', '--failure-reason=https://x/1'],
    ]);
  }
  const bare = await step(t, PLAN_SCRIPT, { BUILD_ONCE_ENVIRONMENT_NAME: '', BUILD_ONCE_COMPONENT_NAME: '' });
  t.strictSame(bare.calls, [['run', 'release', 'plan', 'staging', '--target-version=c0ffee']]);
});

t.test('a marker that is missing or fails never fails the job, and says so', async (t) => {
  for (const script of [PLAN_SCRIPT, UPDATE_SCRIPT]) {
    const failing = await step(t, script, { CIRCLECI_CODE: '7' });
    t.match(failing, { code: 0, output: /words of circleci\n[\s\S]*circleci ended with code 7/ });
    t.match(failing.output, 'The deployment itself is not touched by this.');
    t.notMatch(failing.output, /planned as|staging is/, 'it does not say that it went well');

    const nowhere = await step(t, script, { PATH: '/nowhere' }, ['/bin/bash', '-eo', 'pipefail']);
    t.match(nowhere, { code: 0, output: /there is no program "circleci"/, calls: [] });
    for (const name of ['', '--rollback']) {
      const refused = await step(t, script, { BUILD_ONCE_NAME: name });
      t.match(refused, { code: 0, output: /cannot be the name of a plan/, calls: [] });
    }
  }
  const unset = await step(t, PLAN_SCRIPT, { BUILD_ONCE_TARGET_VERSION: '$NOT_THERE' });
  t.match(unset, { code: 0, output: /there is no \$NOT_THERE in the environment/, calls: [] });
});

t.test('a marker that hangs is left behind', async (t) => {
  // The limit of the script, in the time that a test has.
  const start = Date.now();
  const hanging = await step(t, PLAN_SCRIPT.replace('-k 5 60', '-k 1 0.2'), { CIRCLECI_HANGS: 'yes' });
  t.match(hanging, { code: 0, output: /circleci ended with code 124/ });
  t.ok(Date.now() - start < 20_000);
});

t.test('hostile text is an argument and nothing else', async (t) => {
  // The environment of a process holds no NUL and no half of a surrogate pair; what is nothing but the name of a variable
  // is looked up; a plan cannot be named like a flag.
  const texts = HOSTILE.filter((text) => !/\0|\p{Cs}|^\$[A-Za-z_]\w*$/u.test(text));
  const names = texts.filter((text) => !text.startsWith('-'));
  for (let at = 0; at < texts.length; at += 3) {
    const [version = '', environment = '', component = ''] = texts.slice(at, at + 3);
    const name = names[(at + 40) % names.length];
    const { calls } = await step(t, PLAN_SCRIPT, {
      BUILD_ONCE_NAME: name,
      BUILD_ONCE_TARGET_VERSION: version,
      BUILD_ONCE_ENVIRONMENT_NAME: environment,
      BUILD_ONCE_COMPONENT_NAME: component,
    });
    const flags = [`--target-version=${version}`, `--environment-name=${environment}`, `--component-name=${component}`];
    const wanted = flags.filter((flag, index) => index === 0 || !flag.endsWith('-name='));
    t.equal(JSON.stringify(calls), JSON.stringify([['run', 'release', 'plan', name, ...wanted]]));
  }
  for (let at = 0; at < names.length; at += 6) {
    const [name, reason] = names.slice(at, at + 2);
    const { calls } = await step(t, UPDATE_SCRIPT, { BUILD_ONCE_NAME: name, BUILD_ONCE_FAILURE_REASON: reason });
    const flags = ['--status=RUNNING', `--failure-reason=${reason}`];
    t.equal(JSON.stringify(calls), JSON.stringify([['run', 'release', 'update', name, ...flags]]));
  }
  t.notOk(existsSync('x'), 'nothing was run');
});

t.test('a deploy job marks what becomes of it, whatever step fails', async (t) => {
  const generated = generateText(readText('test/golden/config/deploy-markers/build-once.yml') ?? '', undefined);
  if (!generated.ok) return t.fail(generated.error);
  const { processed } = processConfig(mappingOf(load(generated.value)));
  const { steps: compiled } = mappingOf(processed.jobs['deploy-staging']);
  const steps = (compiled as readonly Mapping[]).map(({ run }) => mappingOf(run));
  /** The statuses of a job in which the step of this command fails, as CircleCI runs steps by their `when`. */
  const statuses = (failing: string | undefined) => {
    let failed = false;
    return steps.flatMap(({ command, environment, when = 'on_success' }) => {
      if (when !== 'always' && (when === 'on_fail') !== failed) return [];
      const values = mappingOf(environment);
      if (failing !== undefined && command === failing) failed = true;
      if (command === PLAN_SCRIPT) return [`plan ${values['BUILD_ONCE_COMPONENT_NAME']}`];
      return command === UPDATE_SCRIPT ? [values['BUILD_ONCE_STATUS']] : [];
    });
  };
  t.strictSame(statuses(undefined), ['plan shop', 'RUNNING', 'SUCCESS']);
  t.strictSame(statuses('build-once verify-image'), ['plan shop', 'FAILED']);
  for (const verb of ['run-migration', 'deploy', 'pass-image'])
    t.strictSame(statuses(`build-once ${verb}`), ['plan shop', 'RUNNING', 'FAILED'], verb);
  const names = steps.filter(({ command }) => command === UPDATE_SCRIPT || command === PLAN_SCRIPT);
  t.ok(names.every(({ environment }) => mappingOf(environment)['BUILD_ONCE_NAME'] === 'staging'));
});
