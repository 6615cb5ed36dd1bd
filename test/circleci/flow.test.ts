import { load } from 'js-yaml';
import t from 'tap';
import { compileConfig } from '../../src/circleci/language/compile.js';
import { Flow } from '../../src/circleci/language/flow/flow.js';
import { filtersIn, runsWorkflow } from '../../src/circleci/language/flow/situation.js';
import { exampleOf, situationsOf } from '../../src/circleci/language/flow/situations.js';
import type { Invocation, Workflow } from '../../src/circleci/language/model.js';

/** A workflow from the list of its jobs, each of which does nothing. */
function workflowOf(jobs: string, condition = ''): Workflow {
  const names = ['test', 'build', 'deploy', 'migrate'];
  const definitions = names.map((name) => `  ${name}: { type: no-op }`).join('\n');
  const groups = 'job-groups: { g: { jobs: [migrate, deploy: { requires: [migrate] }] } }';
  const text = `version: 2.1\njobs:\n${definitions}\n${groups}\nworkflows:\n  main:\n${condition}\n    jobs:\n${jobs}`;
  const [workflow] = compileConfig({ file: 'config.yml', value: load(text) }).workflows;
  if (workflow === undefined) throw new Error(`no workflow in:\n${text}`);
  return workflow;
}

function jobOf({ jobs }: Workflow, name: string): Invocation {
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) throw new Error(`no job ${name}`);
  return job;
}

const MAIN = { branch: 'main' };
const OTHER = { branch: 'feature' };

t.test('a job whose requirements are all filtered out does not run, and one of several is ignored', async (t) => {
  const workflow = workflowOf(`
      - test
      - build: { filters: pipeline.git.branch == "main" }
      - migrate: { requires: [build] }
      - deploy: { requires: [test, build] }`);
  const flow = new Flow(workflow);
  t.equal(flow.runs(jobOf(workflow, 'migrate'), OTHER), false);
  t.equal(flow.runs(jobOf(workflow, 'migrate'), MAIN), true);
  t.equal(flow.runs(jobOf(workflow, 'deploy'), OTHER), true);
});

t.test('an approval that is filtered out holds nothing back, nor does one behind a job that is', async (t) => {
  const workflow = workflowOf(`
      - test
      - hold: { type: approval }
      - migrate: { requires: [hold], filters: { branches: { only: main } } }
      - deploy: { requires: [test, migrate] }`);
  const flow = new Flow(workflow);
  const deploy = jobOf(workflow, 'deploy');
  t.strictSame(
    flow.approvals(deploy).map(({ name }) => name),
    ['hold'],
  );
  t.equal(flow.approvalIn(deploy, MAIN)?.name, 'hold');
  t.equal(flow.approvalIn(deploy, OTHER), undefined);
});

t.test('members of a job group wait for what the group requires, and what requires the group for them', async (t) => {
  const workflow = workflowOf(`
      - hold: { type: approval }
      - g: { requires: [hold] }
      - test: { requires: [g] }`);
  const flow = new Flow(workflow);
  t.strictSame(
    flow.approvals(jobOf(workflow, 'deploy')).map(({ name }) => name),
    ['hold'],
  );
  t.ok(flow.ancestors(jobOf(workflow, 'test')).has(jobOf(workflow, 'deploy')));
  t.notOk(flow.areParallel(jobOf(workflow, 'migrate'), jobOf(workflow, 'deploy')));
});

t.test('jobs that wait for each other end somewhere', async (t) => {
  const workflow = workflowOf(`
      - test: { requires: [build] }
      - build: { requires: [test] }`);
  const flow = new Flow(workflow);
  t.equal(flow.runs(jobOf(workflow, 'test'), MAIN), undefined);
  t.equal(flow.approvalIn(jobOf(workflow, 'test'), MAIN), undefined);
});

const FILTERS: readonly (readonly [
  filters: string,
  main: boolean | undefined,
  feature: boolean | undefined,
  tag: boolean | undefined,
])[] = [
  ['', true, true, false],
  ['filters: { branches: { only: main } }', true, false, false],
  ['filters: { branches: { only: /ma.*/ } }', true, false, false],
  ['filters: { branches: { only: /ma/ } }', false, false, false],
  ['filters: { branches: { ignore: [main, dev] } }', false, true, false],
  ['filters: { tags: { only: /v.*/ } }', true, true, true],
  ['filters: { tags: { only: /v.*/ }, branches: { ignore: /.*/ } }', false, false, true],
  ['filters: pipeline.git.branch == "main"', true, false, false],
  ['filters: pipeline.git.branch starts-with "ma" and pipeline.number > 5', undefined, false, false],
  ['filters: pipeline.git.tag matches /^v[0-9.]+$/', false, false, true],
  ['filters: not (pipeline.git.branch == "main") and pipeline.git.tag == ""', false, true, false],
];

t.test('filters let a job run by branch and tag', async (t) => {
  for (const [filters, main, feature, tag] of FILTERS) {
    const workflow = workflowOf(filters === '' ? '      - test' : `      - test:\n          ${filters}`);
    const job = jobOf(workflow, 'test');
    t.equal(filtersIn(job.filters, MAIN), main, `main: ${filters}`);
    t.equal(filtersIn(job.filters, OTHER), feature, `feature: ${filters}`);
    t.equal(filtersIn(job.filters, { tag: 'v1.2.3' }), tag, `tag: ${filters}`);
  }
});

t.test('a workflow with schedules runs on the branches of those', async (t) => {
  const schedule = "    triggers: [{ schedule: { cron: '0 2 * * *', filters: { branches: { only: main } } } }]";
  const workflow = workflowOf('      - test', schedule);
  t.equal(runsWorkflow(workflow, MAIN), true);
  t.equal(runsWorkflow(workflow, OTHER), false);
  t.equal(runsWorkflow(workflow, { tag: 'v1' }), false);
});

t.test('an example for a pattern is one that it matches', async (t) => {
  for (const [source, example] of [
    ['release\\/.*', 'release/x'],
    ['^v\\d+\\.\\d+\\.\\d+$', 'v1.1.1'],
    ['v[0-9]+(\\.[0-9]+)*', 'v1.1'],
    ['(main|master)', 'main'],
    ['hotfix-[a-z]+', 'hotfix-x'],
    ['.*', 'x'],
  ] as const) {
    t.strictSame(exampleOf(source), [example], source);
  }
  t.strictSame(exampleOf('(?=x)y'), [], 'none that is no match');
});

t.test('situations are those that the filters and the condition tell apart', async (t) => {
  const jobs = '      - test: { filters: { branches: { only: [release, /hotfix-.*/] } } }';
  const workflow = workflowOf(jobs, '    when: pipeline.git.branch starts-with "team/"');
  const branches = situationsOf(workflow).flatMap((one) => ('branch' in one ? [one.branch] : []));
  t.strictSame(branches, ['team/x', 'release', 'hotfix-x', 'main', 'master', 'some-feature']);
});
