import t from 'tap';
import { validateConfig } from '../../src/circleci/language/rules/validate.js';

/** A job of that name, with what is said of it before its steps. */
const job = (name: string, more = '', steps = '[checkout]') =>
  `${name}: { ${more} docker: [{ image: "cimg/base:2026.01" }], steps: ${steps} }`;
const one = job('a');
const two = `${one}, ${job('b')}`;
const config = (jobs: string, invocations: string, sections = '') =>
  `version: 2.1\n${sections}\njobs: { ${jobs} }\nworkflows: { w: { jobs: [${invocations}] } }\n`;
const withSteps = (steps: string, sections?: string) => config(job('a', '', steps), 'a', sections);
const taking = (parameter: string, given: string) =>
  config(job('a', `parameters: { p: ${parameter} },`, '[run: "<< parameters.p >>"]'), `{ a: { ${given} } }`);
const group = (given: string, more = '') =>
  config(one, given, `job-groups: { g: { ${more} jobs: [a] } }`).replace('[[', '[');

/** What CircleCI's language server tells, and what it leaves to others: the config, and the rule that tells it. */
const TOLD: readonly (readonly [what: string, config: string, rule: string])[] = [
  ['a job that is not there', config(one, 'a, b'), 'unknown-job'],
  ['the job of an orb', config(one, 'a, o/y', 'orbs: { o: { jobs: { x: { type: no-op } } } }'), 'unknown-job'],
  ['a job that is required and not there', config(one, '{ a: { requires: [b] } }'), 'unknown-requires'],
  [
    'a job of a group, required from outside',
    config(two, 'g, { b: { requires: [a] } }', 'job-groups: { g: { jobs: [a] } }'),
    'unknown-requires',
  ],
  ['a cycle', config(two, '{ a: { requires: [b] } }, { b: { requires: [a] } }'), 'cycle'],
  [
    'a cycle of renamed jobs',
    config(one, '{ a: { name: x, requires: [y] } }, { a: { name: y, requires: [x] } }'),
    'cycle',
  ],
  ['a parameter that is missing', taking('{ type: string }', ''), 'missing-parameter'],
  ['a parameter that nobody declares', config(one, '{ a: { q: 1 } }'), 'unknown-parameter'],
  ['a parameter of the wrong type', taking('{ type: boolean }', 'p: perhaps'), 'wrong-parameter'],
  ['a value that an enum does not have', taking('{ type: enum, enum: [x] }', 'p: y'), 'wrong-parameter'],
  ['a default that an enum does not have', taking('{ type: enum, enum: [x], default: y }', 'p: x'), 'wrong-default'],
  ['an executor that is not there', config('a: { executor: e, steps: [checkout] }', 'a'), 'unknown-executor'],
  ['an executor without its name', config('a: { executor: { x: 1 }, steps: [checkout] }', 'a'), 'missing-key'],
  ['a command that is not there', withSteps('[nope]'), 'unknown-command'],
  ['a command that is not there, in a parameter', config(one, '{ a: { pre-steps: [nope] } }'), 'unknown-command'],
  ['a parameter that is used and not declared', withSteps('[run: << parameters.p >>]'), 'unknown-value'],
  ['a pipeline parameter that is not declared', withSteps('[run: << pipeline.parameters.p >>]'), 'unknown-value'],
  ['steps that are none', taking('{ type: steps }', 'p: hello').replace('run:', 'steps:'), 'wrong-parameter'],
  ['a "when" that is none', withSteps('[run: { command: x, when: never }]'), 'wrong-value'],
  ['too many reruns', withSteps('[run: { command: x, max_auto_reruns: 6 }]'), 'wrong-value'],
  [
    'a delay that is too long',
    withSteps('[run: { command: x, max_auto_reruns: 1, auto_rerun_delay: 11m }]'),
    'wrong-value',
  ],
  ['a delay without reruns', withSteps('[run: { command: x, auto_rerun_delay: 10s }]'), 'rerun-options'],
  [
    'reruns in the background',
    withSteps('[run: { command: x, background: true, max_auto_reruns: 2 }]'),
    'rerun-options',
  ],
  ['a method of a checkout', withSteps('[checkout: { method: fast }]'), 'wrong-value'],
  ['a depth of a checkout', withSteps('[checkout: { method: full, depth: 3 }]'), 'checkout-depth'],
  ['a type of job', config('a: { type: biuld }', 'a'), 'wrong-value'],
  ['a type in a workflow', config(two, 'a, { b: { type: no-op } }'), 'wrong-value'],
  [
    'a serial group in a group',
    group('g').replace('jobs: [a] } }\n', 'jobs: [a: { serial-group: x }] } }\n'),
    'wrong-group-key',
  ],
  ['a group with a matrix', group('{ g: { matrix: { parameters: { x: [1] } } } }'), 'wrong-group-key'],
  ['a group with a type', group('{ g: { type: approval } }, { a: { requires: [g] } }'), 'wrong-group-key'],
  ['a group with parameters given', group('{ g: { x: 1 } }'), 'wrong-group-key'],
  ['a group with a context', group('{ g: { context: x } }'), 'wrong-group-key'],
  ['a group with steps', group('{ g: { pre-steps: [checkout] } }'), 'wrong-group-key'],
  ['a group with parameters of its own', group('g', 'parameters: { x: { type: string } },'), 'unknown-key'],
  ['a group twice', group('g, g'), 'same-name'],
  ['a group with the name of a job', group('a').replace('{ g:', '{ a:'), 'same-name'],
  ['a group in a group', config(one, 'h', 'job-groups: { g: { jobs: [a] }, h: { jobs: [g] } }'), 'nested-group'],
  ['reruns of a workflow', config(one, 'a').replace('w: {', 'w: { max_auto_reruns: 6,'), 'wrong-value'],
  ['two jobs of one name', config(`${one}, ${one}`, 'a'), 'duplicate-key'],
  ['a cache that is kept too long', config(job('a', 'retention: { caches: 31d },'), 'a'), 'wrong-value'],
  ['test results from nowhere', withSteps('[store_test_results]'), 'wrong-form'],
  ['a digest that is none', config(one, 'a').replace(':2026.01', '@sha256:12'), 'image-digest'],
  [
    'a second remote Docker, by a command',
    withSteps('[c, setup_remote_docker]', 'commands: { c: { steps: [setup_remote_docker] } }'),
    'remote-docker-twice',
  ],
  ['a runner that is none', config(job('a', 'resource_class: my-team/my runner,'), 'a'), 'wrong-value'],
  ['a setup config of version 2', config(one, 'a', 'setup: true').replace('2.1', '2'), 'version-2-feature'],
  ['a name of spaces', config(one, '{ a: { name: "  " } }'), 'wrong-form'],
  ['a lock with steps', config('a: { type: lock, key: k, steps: [checkout] }', 'a'), 'unknown-key'],
  ['a job that is not used', config(two, 'a'), 'unused-job'],
  ['a command that is not used', config(one, 'a', 'commands: { c: { steps: [checkout] } }'), 'unused-command'],
  ['an orb that is not used', config(one, 'a', 'orbs: { n: circleci/node@7.1.0 }'), 'unused-orb'],
  ['a group that is not used', group('a'), 'unused-job-group'],
  [
    'an executor that is not used',
    config(one, 'a', 'executors: { e: { machine: { image: ubuntu-2404:current } } }'),
    'unused-executor',
  ],
  [
    'a parameter that is not used',
    config(job('a', 'parameters: { p: { type: string, default: x } },'), 'a'),
    'unused-parameter',
  ],
  ['an anchor that is not used', config(one, 'a', 'x-a: &b 1'), 'unused-anchor'],
  ['a name of two kinds', withSteps('[a]', 'commands: { a: { steps: [checkout] } }'), 'shared-name'],
  ['steps that do not run', config('a: { type: no-op, steps: [checkout] }', 'a'), 'ignored-steps'],
  ['a step "deploy"', withSteps('[deploy: make]'), 'deprecated-deploy-step'],
  ['an empty section', config(one, 'a', 'commands: {}'), 'empty-section'],
  ['a parallelism of one', config(job('a', 'parallelism: 1,'), 'a'), 'parallelism-of-one'],
  ['a version of workflows', config(one, 'a').replace('{ w:', '{ version: 2, w:'), 'workflows-version'],
  ['an image of old', config(one, 'a').replace('cimg/base', 'circleci/node'), 'deprecated-image'],
  ['a type that every job has', config(job('a', 'type: build,'), 'a'), 'redundant-type'],
  ['tests without results', config(job('test'), 'test'), 'missing-test-results'],
  [
    'every status',
    config(two, 'a, { b: { requires: [a: [success, failed, canceled, unauthorized, not_run]] } }'),
    'all-statuses',
  ],
  ['an image without a tag', config(one, 'a').replace(':2026.01', ''), 'untagged-image'],
  [
    'a parameter for the job of an orb',
    config(one, 'a, { o/x: { q: 1 } }', 'orbs: { o: { jobs: { x: { type: no-op } } } }'),
    'unknown-parameter',
  ],
  ['characters of a serial group', config(one, '{ a: { serial-group: a b } }'), 'wrong-serial-group'],
  [
    'one serial group twice',
    config(two, '{ a: { serial-group: g } }, { b: { serial-group: g } }'),
    'same-serial-group',
  ],
  ['an expression that ends early', config(one, '{ a: { filters: "pipeline.git.branch ==" } }'), 'wrong-expression'],
  ['filters of two kinds', config(one, `{ a: { filters: '<< pipeline.git.branch >> == "x"' } }`), 'wrong-expression'],
  [
    'a type in an expression',
    config(one, 'a').replace('w: {', `w: { when: 'pipeline.number starts-with "x"',`),
    'wrong-expression',
  ],
  [
    'an expression of a step',
    withSteps(`[when: { condition: 'pipeline.git.branch == "x"', steps: [checkout] }]`),
    'always-true',
  ],
  ['a variable that no shell reads', config(job('a', 'environment: { A-B: x },'), 'a'), 'variable-name'],
  ['a variable by its name', taking('{ type: env_var_name }', 'p: A-B'), 'wrong-parameter'],
  ['the name of a context', config(one, '{ a: { context: [""] } }'), 'context-list'],
  [
    'pipeline parameters in an orb',
    config(
      one,
      'a, o/x',
      'parameters: { p: { type: string, default: x } }\norbs: { o: { jobs: { x: { machine: { image: ubuntu-2404:current }, steps: [run: << pipeline.parameters.p >>] } } } }',
    ),
    'unknown-value',
  ],
]; // prettier-ignore

t.test('what the language server tells, and what it does not check', async (t) => {
  const off = ['all-statuses', 'missing-test-results', 'redundant-type', 'shared-name', 'untagged-image'];
  const weights = Object.fromEntries(off.map((name) => [name, 'warning'] as const));
  for (const [what, text, rule] of TOLD) {
    const codes = validateConfig(text, 'c', { weights }).map(({ code }) => code);
    t.ok(codes.includes(`config/${rule}`), `${what}: ${rule}, found ${codes.join(', ')}`);
  }
});
