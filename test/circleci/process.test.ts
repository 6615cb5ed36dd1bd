import t from 'tap';
import { mappingOf } from '../../src/yaml/mapping.js';
import { processConfig } from '../support/process-config.js';

const docker = [{ image: 'cimg/base:2024.12' }];

t.test('commands, executors and parameters become plain jobs', async (t) => {
  const { processed, problems } = processConfig({
    executors: {
      e: { parameters: { v: { type: 'string', default: '1' } }, docker: [{ image: 'x:<< parameters.v >>' }] },
    },
    commands: {
      say: {
        parameters: {
          what: { type: 'string' },
          loud: { type: 'boolean', default: false },
          after: { type: 'steps', default: [] },
        },
        steps: [
          { run: { name: 'say', command: 'echo "$WHAT" \\<< EOF', environment: { WHAT: '<< parameters.what >>' } } },
          { when: { condition: '<< parameters.loud >>', steps: ['checkout'] } },
          { unless: { condition: '<< parameters.loud >>', steps: [{ run: 'quiet' }] } },
          '<< parameters.after >>',
        ],
      },
    },
    jobs: {
      j: {
        parameters: { n: { type: 'integer', default: 2 } },
        executor: { name: 'e', v: '7' },
        parallelism: '<< parameters.n >>',
        steps: [{ say: { what: 'n is << parameters.n >>', after: [{ run: 'last' }] } }],
      },
    },
    workflows: { w: { jobs: [{ j: { name: 'first', n: 3 } }, { hold: { type: 'approval', requires: ['first'] } }] } },
  });
  t.strictSame(problems, []);
  t.strictSame(processed.jobs, {
    first: {
      docker: [{ image: 'x:7' }],
      parallelism: 3,
      steps: [
        { run: { name: 'say', command: 'echo "$WHAT" << EOF', environment: { WHAT: 'n is 3' } } },
        { run: { command: 'quiet' } },
        { run: { command: 'last' } },
      ],
    },
  });
  t.match(processed.workflows['w']?.jobs, [{ name: 'first' }, { name: 'hold', approval: true, requires: ['first'] }]);
});

const PROBLEMS: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
  ['a job that is not there', { workflows: { w: { jobs: ['x'] } } }, ['unknown-job']],
  [
    'a command that is not there',
    { jobs: { j: { docker, steps: ['x'] } }, workflows: { w: { jobs: ['j'] } } },
    ['unknown-command'],
  ],
  [
    'an executor that is not there',
    { jobs: { j: { executor: 'x', steps: [] } }, workflows: { w: { jobs: ['j'] } } },
    ['unknown-executor'],
  ],
  [
    'parameters missing, unknown and of the wrong type',
    {
      jobs: { j: { docker, parameters: { a: { type: 'string' }, b: { type: 'boolean', default: true } }, steps: [] } },
      workflows: { w: { jobs: [{ j: { b: 'maybe', c: 1 } }] } },
    },
    ['unknown-parameter', 'wrong-parameter', 'missing-parameter'],
  ],
  [
    'a requires that is not in the workflow',
    { jobs: { j: { docker, steps: [] } }, workflows: { w: { jobs: [{ j: { requires: ['x'] } }] } } },
    ['unknown-requires'],
  ],
  [
    'a cycle',
    {
      jobs: { j: { docker, steps: [] }, k: { docker, steps: [] } },
      workflows: { w: { jobs: [{ j: { requires: ['k'] } }, { k: { requires: ['j'] } }] } },
    },
    ['cycle'],
  ],
  [
    'names that differ in case',
    { jobs: { j: { docker, steps: [] } }, workflows: { w: { jobs: ['j', { j: { name: 'J' } }] } } },
    ['same-name'],
  ],
  [
    'commands without an end',
    { commands: { c: { steps: ['c'] } }, jobs: { j: { docker, steps: ['c'] } }, workflows: { w: { jobs: ['j'] } } },
    ['endless-command'],
  ],
  [
    'a value that is not there',
    { jobs: { j: { docker, steps: [{ run: '<< parameters.x >>' }] } }, workflows: { w: { jobs: ['j'] } } },
    ['unknown-value'],
  ],
  [
    'names that every object has',
    {
      jobs: {
        j: { executor: 'toString', steps: ['valueOf', 'constructor/x', { run: '<< parameters.constructor >>' }] },
      },
      workflows: { w: { jobs: [{ j: { hasOwnProperty: 1 } }, 'constructor'] } },
    },
    ['unknown-parameter', 'unknown-executor', 'unknown-command', 'unknown-command', 'unknown-value', 'unknown-job'],
  ],
  [
    'a parameter that no workflow could give',
    {
      jobs: { j: { docker, parameters: { context: { type: 'string', default: '.' } }, steps: [] } },
      workflows: { w: { jobs: ['j'] } },
    },
    ['reserved-parameter'],
  ],
  [
    'a here-document',
    { jobs: { j: { docker, steps: [{ run: 'cat <<EOF\nx\nEOF' }] } }, workflows: { w: { jobs: ['j'] } } },
    ['unclosed-reference'],
  ],
  [
    'two remote Dockers, one of them in a command',
    {
      commands: { c: { steps: ['setup_remote_docker'] } },
      jobs: { j: { docker, steps: ['setup_remote_docker', 'c'] } },
      workflows: { w: { jobs: ['j'] } },
    },
    ['remote-docker-twice'],
  ],
  [
    'a job group twice, and one with the name of a job',
    {
      jobs: { j: { docker, steps: [] } },
      'job-groups': { g: { jobs: ['j'] }, j: { jobs: [] } },
      workflows: { w: { jobs: ['g', 'g'] } },
    },
    ['same-name', 'same-name'],
  ],
  [
    'a step without what it needs',
    {
      jobs: { j: { docker, steps: ['store_test_results', { save_cache: { key: 'k' } }] } },
      workflows: { w: { jobs: ['j'] } },
    },
    ['wrong-step', 'wrong-step'],
  ],
  [
    'steps that are no list',
    { jobs: { j: { docker, steps: 'checkout' } }, workflows: { w: { jobs: ['j'] } } },
    ['wrong-steps'],
  ],
  [
    'a step with two names',
    { jobs: { j: { docker, steps: [{ run: 'x', checkout: {} }] } }, workflows: { w: { jobs: ['j'] } } },
    ['wrong-step'],
  ],
];

t.test('what is wrong is said', async (t) => {
  for (const [what, config, codes] of PROBLEMS) {
    t.strictSame(
      processConfig(config).problems.map(({ code }) => code),
      codes,
      what,
    );
  }
});

t.test('steps inside of a step are compiled too', async (t) => {
  const inner = ['checkout', { say: { what: 'x' } }];
  const { processed, problems } = processConfig({
    commands: { say: { parameters: { what: { type: 'string' } }, steps: [{ run: 'echo << parameters.what >>' }] } },
    jobs: {
      j: {
        docker,
        steps: [
          { with_tool_cache: { tool: 'gradle', steps: inner } },
          { run: { command: 'make', teardown: inner } },
          { deploy: 'make deploy' },
          { say: null, what: 'x' },
        ],
      },
    },
    workflows: { w: { jobs: [{ j: { 'pre-steps': [] } }] } },
  });
  const steps = ['checkout', { run: { command: 'echo x' } }];
  t.strictSame(
    problems.map(({ code }) => code),
    ['missing-parameter'],
    'parameters beside a command are not its own',
  );
  t.strictSame(mappingOf(processed.jobs['j'])['steps'], [
    { with_tool_cache: { tool: 'gradle', steps } },
    { run: { command: 'make', teardown: steps } },
    { deploy: { command: 'make deploy' } },
    { run: { command: 'echo ' } },
  ]);
});

t.test('an orb that is not at hand is not looked into', async (t) => {
  const { processed, problems } = processConfig({
    orbs: { node: 'circleci/node@7.1.0' },
    jobs: { j: { executor: 'node/default', steps: [{ 'node/install-packages': { pkg: 'npm' } }] } },
    workflows: { w: { jobs: ['j', { 'node/test': { name: 't' } }] } },
  });
  t.strictSame(problems, []);
  t.strictSame(processed.jobs['j'], { executor: 'node/default', steps: [{ 'node/install-packages': { pkg: 'npm' } }] });
});

t.test('a problem inside an orb is where the orb is', async (t) => {
  const { problems } = processConfig({
    orbs: { o: { commands: { c: { steps: ['nope'] } }, jobs: { j: { docker, steps: ['c', 'neither'] } } } },
    workflows: { w: { jobs: ['o/j'] } },
  });
  t.strictSame(
    problems.map(({ path }) => path.join('.')),
    ['orbs.o.commands.c.steps.0', 'orbs.o.jobs.j.steps.1'],
  );
});

t.test('a condition with a pattern that CircleCI does not read', async (t) => {
  const condition = { matches: { pattern: '(?i)release.*+', value: '<< pipeline.git.branch >>' } };
  const { problems } = processConfig({
    jobs: { j: { docker, steps: [{ when: { condition, steps: ['nope'] } }] } },
    workflows: { w: { jobs: ['j'] } },
  });
  const codes = problems.map(({ code }) => code);
  t.strictSame(codes, ['wrong-logic', 'unknown-command'], 'its steps are looked at');
});

t.test('expressions stay, and jobs of other types need no steps', async (t) => {
  const parallelism = '<< pipeline.git.branch == "main" and 10 or 1 >>';
  const { processed, problems } = processConfig({
    jobs: {
      j: { docker, parallelism, steps: [{ run: 'echo << not pipeline.git.tag >> \\<<' }] },
      gate: { type: 'no-op' },
    },
    workflows: { w: { jobs: ['j', 'gate'] } },
  });
  t.strictSame(problems, []);
  t.strictSame(processed.jobs, {
    j: { docker, parallelism, steps: [{ run: { command: 'echo << not pipeline.git.tag >> <<' } }] },
    gate: { type: 'no-op' },
  });
});

t.test('what is more than CircleCI takes', async (t) => {
  const codes = (jobs: readonly unknown[]) =>
    processConfig({
      jobs: { j: { docker, steps: ['checkout'] }, k: { docker, steps: ['checkout'] } },
      workflows: { w: { jobs } },
    }).problems.map(({ code, message }) => `${code}: ${message.slice(0, 62)}`);
  const group = (text: string) => ({ j: { 'serial-group': text } });
  t.strictSame(codes([group('<< pipeline.project.slug >>/staging')]), []);
  t.strictSame(codes([group('x'.repeat(512))]), []);
  t.strictSame(codes([group('x'.repeat(513))]), [
    'long-serial-group: the serial group of "j" has 513 characters, and CircleCI takes',
  ]);
  t.match(codes([group('a b')]), [/^wrong-serial-group: the serial group of "j" is "a b", expected letters/]);
  t.match(codes([group(' ')]), [/^wrong-serial-group/]);
  const contexts = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
  t.strictSame(codes([{ j: { context: contexts(60) } }, { k: { context: contexts(100) } }]), []);
  t.match(codes([{ j: { context: contexts(101) } }]), [/^too-many-contexts: the config names 101 different contexts/]);
});
