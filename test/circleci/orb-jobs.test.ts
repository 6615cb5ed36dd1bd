import { load } from 'js-yaml';
import t from 'tap';
import { makeOrb } from '../../src/circleci/orb/orb.js';
import { PLAN_SCRIPT, UPDATE_SCRIPT } from '../../src/circleci/orb/release-scripts.js';
import { type Mapping, mappingOf } from '../../src/yaml/mapping.js';
import { generateText, RELEASE } from '../support/generate.js';
import { readText } from '../support/golden.js';
import { processConfig } from '../support/process-config.js';

const orb = { ...makeOrb(RELEASE) };
const steps = (value: Mapping) => (value['steps'] ?? []) as readonly (string | Mapping)[];

/** A job of the orb, compiled as a workflow calls it. */
function compile(job: string, values: Mapping, config: Mapping = {}): Mapping {
  const { processed, problems } = processConfig(
    {
      ...config,
      orbs: { 'build-once': orb },
      workflows: { w: { jobs: [{ [`build-once/${job}`]: { name: 'it', ...values } }] } },
    },
    {},
  );
  t.strictSame(problems, [], `${job} compiles`);
  return mappingOf(processed.jobs['it']);
}

/** What the steps of a compiled job do: the command that they run, or their kind. */
const doings = (job: Mapping) =>
  steps(job).map((step) => {
    if (typeof step === 'string') return step;
    const { command, environment } = mappingOf(mappingOf(step)['run']);
    if (command === PLAN_SCRIPT) return 'plan';
    if (command === UPDATE_SCRIPT) return mappingOf(environment)['BUILD_ONCE_STATUS'];
    return command === undefined ? Object.keys(mappingOf(step))[0] : String(command).split('\n')[0];
  });

const INSTALL = '# Puts the program build-once on the PATH of the steps that follow.';
const own = (command: string) => [{ run: { name: command, command } }];
const target = {
  repository: 'ghcr.io/acme/shop',
  environment: 'staging',
  namespace: 'shop',
  workloads: 'deployment/web',
};

t.test('the jobs pass on how an image is built, named and logged in for', async (t) => {
  const { jobs } = makeOrb(RELEASE);
  const passed = (job: string, command: string) =>
    steps(mappingOf(jobs[job]))
      .filter((step) => typeof step !== 'string')
      .map((step) => mappingOf(mappingOf(step)[command]))
      .find((values) => Object.keys(values).length > 0) ?? {};
  const as = (...names: readonly string[]) => Object.fromEntries(names.map((one) => [one, `<< parameters.${one} >>`]));
  t.match(passed('build', 'build_image'), as('args', 'secrets', 'target', 'cache', 'username', 'password'));
  t.match(passed('publish', 'publish_image'), as('pointers', 'username', 'password'));
  t.match(passed('deploy', 'verify_image'), as('username', 'password'));
  t.match(passed('deploy', 'pass_image'), as('username', 'password'));
  t.notOk('password' in passed('deploy', 'deploy'), 'the cluster is not told');
});

t.test('no parameter of a job has a name that a workflow has for itself', async (t) => {
  // Configuration reference, "Job parameters": these, and what a workflow says about any job.
  const reserved = [
    ...['name', 'requires', 'context', 'type', 'filters', 'matrix'],
    ...['pre-steps', 'post-steps', 'serial-group', 'override-with'],
  ];
  for (const [name, job] of Object.entries(orb.jobs)) {
    const taken = Object.keys(mappingOf(job['parameters'])).filter((parameter) => reserved.includes(parameter));
    t.strictSame(taken, [], name);
  }
});

t.test("steps of the caller's own stand where their names say", async (t) => {
  const build = { repository: target.repository, platform: 'linux/amd64' };
  t.strictSame(doings(compile('build', { ...build, before_build: own('a'), after_build: own('b') })), [
    ...['checkout', INSTALL, 'a', 'build-once build-image', 'b', 'persist_to_workspace'],
  ]);
  const publish = { repository: target.repository, before_publish: own('a'), after_publish: own('b') };
  t.strictSame(doings(compile('publish', publish)), [
    ...[INSTALL, 'attach_workspace', 'a', 'build-once publish-image', 'b'],
  ]);
  const deploy = {
    ...target,
    migration: '["migrate"]',
    migration_workload: 'deployment/web',
    before_deploy: own('a'),
    after_deploy: own('b'),
  };
  const way = ['a', 'build-once run-migration', 'build-once deploy', 'b', 'build-once pass-image'];
  t.strictSame(doings(compile('deploy', deploy)), ['checkout', INSTALL, 'build-once verify-image', ...way]);
  const marked = ['plan', 'checkout', INSTALL, 'build-once verify-image', 'RUNNING', ...way, 'SUCCESS', 'FAILED'];
  t.strictSame(doings(compile('deploy', { ...deploy, component: 'shop' })), marked);
  t.strictSame(doings(compile('deploy', target)), [
    ...['checkout', INSTALL, 'build-once verify-image', 'build-once deploy', 'build-once pass-image'],
  ]);
});

t.test('the deploy job marks a deployment as generated configs do', async (t) => {
  const spec = readText('test/golden/config/deploy-markers/build-once.yml') ?? '';
  const generated = generateText(spec, undefined);
  if (!generated.ok) return t.fail(generated.error);
  const { processed } = processConfig(mappingOf(load(generated.value)));
  const markers = (job: unknown) =>
    steps(mappingOf(job))
      .map((step) => mappingOf(mappingOf(step)['run']))
      .filter(({ command }) => command === PLAN_SCRIPT || command === UPDATE_SCRIPT)
      .map(({ name, environment, when }) => ({ name, when, environment: mappingOf(environment) }));
  const ours = markers(compile('deploy', { ...target, component: 'shop' }));
  t.equal(ours.length, 4);
  t.strictSame(ours, markers(processed.jobs['deploy-staging']));
});

t.test('a migration of the deploy job is told everything', async (t) => {
  const job = compile('deploy', {
    ...target,
    timeout: '5m',
    migration: '["migrate"]',
    migration_workload: 'deployment/worker',
    migration_container: 'app',
    migration_timeout: '1h',
  });
  const environments = steps(job).map((step) => mappingOf(mappingOf(mappingOf(step)['run'])['environment']));
  const of = (variable: string) => environments.map((one) => one[variable]).filter((value) => value !== undefined);
  t.strictSame(of('BUILD_ONCE_COMMAND'), ['["migrate"]']);
  t.strictSame(of('BUILD_ONCE_WORKLOAD'), ['deployment/worker']);
  t.strictSame(of('BUILD_ONCE_CONTAINER'), ['app']);
  t.strictSame(of('BUILD_ONCE_TIMEOUT'), ['1h', '5m'], 'each with its own patience');
});

t.test('a job runs on the executor that it is given, with its parameters', async (t) => {
  const machine = { image: 'ubuntu-2404:current', docker_layer_caching: false };
  const build = { repository: target.repository, platform: 'linux/amd64' };
  t.match(compile('build', build), { machine, resource_class: 'medium' });
  t.match(compile('build', { ...build, executor: 'build-once/linux_arm64' }), {
    machine,
    resource_class: 'arm.medium',
  });
  const executor = {
    name: 'build-once/linux_amd64',
    resource_class: 'large',
    image: 'ubuntu-2404:2025.09.1',
    docker_layer_caching: true,
  };
  t.match(compile('build', { ...build, executor }), {
    machine: { image: 'ubuntu-2404:2025.09.1', docker_layer_caching: true },
    resource_class: 'large',
  });
  for (const [job, values] of [
    ['publish', { repository: target.repository }],
    ['deploy', target],
  ] as const) {
    const node = { name: 'build-once/node', image: 'cimg/node:24.19.0', resource_class: 'medium' };
    t.match(compile(job, { ...values, executor: node }), {
      docker: [{ image: 'cimg/node:24.19.0' }],
      resource_class: 'medium',
    });
    const runner = { executors: { runner: { machine: true, resource_class: 'acme/runner' } } };
    t.match(compile(job, { ...values, executor: 'runner' }, runner), {
      machine: true,
      resource_class: 'acme/runner',
    });
  }
});

t.test('a role is enough to log in everywhere: no context, no stored key', async (t) => {
  const role = 'arn:aws:iam::123456789012:role/shop';
  const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop';
  const jobs = [
    compile('build', { repository, platform: 'linux/amd64', role }),
    compile('publish', { repository, role }),
    compile('deploy', { ...target, repository, role, eks: 'staging', region: 'us-east-1' }),
  ];
  const run = jobs.flatMap(steps).map((step) => mappingOf(mappingOf(mappingOf(step)['run'])['environment']));
  const roles = run.filter((environment) => 'BUILD_ONCE_ROLE' in environment);
  t.equal(roles.length, 5);
  for (const environment of roles) t.equal(environment['BUILD_ONCE_ROLE'], role);
});
