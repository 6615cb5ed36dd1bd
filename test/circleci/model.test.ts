import t from 'tap';
import { type CompileOptions, compileConfig } from '../../src/circleci/language/compile.js';
import type { Step } from '../../src/circleci/language/model.js';
import type { Place } from '../../src/circleci/language/place.js';
import { printExpression } from '../../src/expressions/print.js';
import { parseYaml } from '../../src/yaml/parse.js';

function compile(text: string, options: CompileOptions = {}) {
  const yaml = parseYaml(text, 'config.yml', 'not-yaml', '1.1');
  if (!yaml.ok) throw new Error(yaml.error[0]?.message);
  return compileConfig({ file: 'config.yml', value: yaml.value.value, yaml: yaml.value }, options);
}

const at = ({ source, path }: Place) => `${source.file === 'config.yml' ? '' : `${source.file}: `}${path.join('.')}`;

const told = ({ name, place, calls, conditions }: Step) => ({
  name,
  place: at(place),
  calls: calls.map(at),
  conditions: conditions.map(({ key, expression }) => `${key}: ${printExpression(expression)}`),
});

const CONFIG = `version: 2.1
parameters: { full: { type: boolean, default: false } }
orbs:
  inner:
    commands:
      twice:
        parameters: { what: { type: steps } }
        steps:
          - steps: << parameters.what >>
          - outer/say
    orbs: { outer: acme/outer@1 }
  slack: circleci/slack@5
commands:
  quiet:
    steps:
      - unless: { condition: << pipeline.parameters.full >>, steps: [checkout] }
  unused: { steps: [quiet] }
executors:
  small: { docker: [{ image: a:1 }, { image: b:2 }], resource_class: small }
jobs:
  build:
    parameters: { to: { type: string } }
    executor: small
    environment: { A: "1" }
    steps:
      - inner/twice:
          what: [quiet, { slack/notify: { channel: << parameters.to >> } }]
      - run: echo << pipeline.git.branch >> \\<<
  idle: { executor: small, steps: [nowhere] }
workflows:
  w:
    when: pipeline.git.branch == "main"
    jobs:
      - build: { matrix: { parameters: { to: [x, y] } } }
      - hold: { type: approval, requires: [build] }
      - slack/on-hold: { context: slack, requires: [hold: failed], filters: pipeline.git.tag == "" }
  never:
    when: false
    jobs: [hold: { type: approval }]
`;

const outer = { file: 'outer.yml', value: { commands: { say: { steps: [{ run: 'say' }] } } } };
const model = compile(CONFIG, { orbs: { 'acme/outer@1': outer } });

t.test('every step knows where it is written, who called it, and under which condition it runs', async (t) => {
  const [build] = model.workflows[0]?.jobs ?? [];
  const call = 'jobs.build.steps.0';
  t.strictSame(build?.job?.steps.map(told), [
    {
      name: 'checkout',
      place: 'commands.quiet.steps.0.unless.steps.0',
      calls: [call, `${call}.inner/twice.what.0`],
      conditions: ['unless: not pipeline.parameters.full'],
    },
    { name: 'slack/notify', place: `${call}.inner/twice.what.1`, calls: [call], conditions: [] },
    {
      name: 'run',
      place: 'outer.yml: commands.say.steps.0',
      calls: [call, 'orbs.inner.commands.twice.steps.1'],
      conditions: [],
    },
    { name: 'run', place: 'jobs.build.steps.1', calls: [], conditions: [] },
  ]);
  t.strictSame(build?.job?.steps[1]?.content, { channel: 'x' });
  t.equal(build?.job?.steps[1]?.orb?.reference, 'circleci/slack@5');
  t.strictSame(build?.job?.steps[3]?.content, { command: 'echo << pipeline.git.branch >> \\<<' });
});

t.test('every invocation is there, with its final name and what it waits for', async (t) => {
  const jobs = model.workflows[0]?.jobs ?? [];
  t.strictSame(
    jobs.map(({ name, kind, place, requires }) => [
      name,
      kind,
      at(place),
      requires.map((one) => `${one.written}: ${one.name} ${one.statuses}`),
    ]),
    [
      ['build-x', 'build', 'workflows.w.jobs.0.build', []],
      ['build-y', 'build', 'workflows.w.jobs.0.build', []],
      ['hold', 'approval', 'workflows.w.jobs.1.hold', ['build: build-x success', 'build: build-y success']],
      ['slack/on-hold', 'opaque', 'workflows.w.jobs.2.slack/on-hold', ['hold: hold failed']],
    ],
  );
  t.strictSame(jobs[1]?.matrix, { alias: 'build', values: { to: 'y' } });
  t.strictSame(jobs[3]?.contexts, ['slack']);
  t.match(jobs[3]?.filters, { kind: 'expression', text: 'pipeline.git.tag == ""', value: undefined });
  t.match(
    model.workflows.map(({ name, condition }) => [name, condition?.value]),
    [
      ['w', undefined],
      ['never', false],
    ],
  );
});

t.test('what a job runs on is there', async (t) => {
  const [build] = model.workflows[0]?.jobs ?? [];
  const { machine, environment } = build?.job ?? {};
  t.match(machine, { kind: 'docker', images: ['a:1', 'b:2'], resourceClass: 'small', executor: 'small' });
  t.equal(machine && at(machine.place), 'executors.small');
  t.strictSame(environment, { A: '1' });
});

t.test('what is used is known, and what is not used is looked at when that is asked for', async (t) => {
  const unused = model.definitions.filter((definition) => !model.used.has(definition));
  t.strictSame(
    unused.map(({ place }) => at(place)),
    ['commands.unused', 'jobs.idle'],
  );
  t.strictSame(
    model.orbs.map((orb) => [orb.alias, orb.kind, model.used.has(orb)]),
    [
      ['inner', 'inline', true],
      ['outer', 'registry', true],
      ['slack', 'registry', true],
    ],
  );
  t.strictSame(model.problems, []);
  t.match(model.notes, [{ code: 'opaque-orb' }]);
  const whole = compile(CONFIG, { orbs: { 'acme/outer@1': outer }, unused: true });
  t.strictSame(
    whole.problems.map(({ code, path }) => [code, path.join('.')]),
    [['unknown-command', 'jobs.idle.steps.0']],
  );
  const still = whole.definitions.filter((definition) => !whole.used.has(definition));
  t.strictSame(
    still.map(({ name }) => name),
    ['unused', 'idle'],
    'that does not make it used',
  );
});

t.test('steps under a condition that no call fulfills are looked at', async (t) => {
  const text = `version: 2.1
commands:
  c:
    parameters: { deep: { type: boolean, default: false }, e: { type: executor, default: x }, s: { type: steps, default: [] } }
    steps:
      - when: { condition: << parameters.deep >>, steps: [nowhere, { run: << parameters.none >> }] }
      - when: { condition: { equal: [a, << parameters.e >>] }, steps: << parameters.s >> }
jobs: { build: { machine: true, steps: [c] } }
workflows: { w: { jobs: [build] } }
`;
  t.strictSame(compile(text).problems, []);
  t.strictSame(
    compile(text, { unused: true }).problems.map(({ code }) => code),
    ['unknown-command', 'unknown-value'],
  );
});
