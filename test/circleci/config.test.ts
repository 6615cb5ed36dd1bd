import { basename } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { makeOrb } from '../../src/circleci/orb/orb.js';
import { mappingOf } from '../../src/yaml/mapping.js';
import { generateAll, generateText, RELEASE, serviceTexts } from '../support/generate.js';
import { goldenCases, goldenText } from '../support/golden.js';
import { processConfig } from '../support/process-config.js';

const orb = { ...makeOrb(RELEASE) };
const imports = { 'acme/build-once@1.2.3': orb };

for (const { name, read } of goldenCases('config')) {
  t.test(`config of ${name}`, async (t) => {
    const spec = read('build-once.yml') ?? '';
    const result = generateAll(spec, read('base.yml'), serviceTexts(spec, read));
    t.ok(result.ok, result.ok ? 'is generated' : result.error);
    if (!result.ok) return;
    for (const { path, text } of result.value) {
      t.equal(text, goldenText(`config/${name}/${basename(path)}`, text), `${path} is the one expected`);
    }
    // In a monorepo the last one is what the setup config continues with.
    const { processed, problems } = processConfig(mappingOf(load(result.value.at(-1)?.text ?? '')), { imports });
    t.strictSame(problems, [], 'compiles as it is read back');
    for (const [workflow, { jobs }] of Object.entries(processed.workflows)) {
      const named = new Map(jobs.map((job) => [job.name, job]));
      const runs = (job: string) => JSON.stringify(processed.jobs[job] ?? {});
      for (const job of jobs.filter((one) => /^([a-z_\d]+-)?deploy-/.test(one.name))) {
        t.notMatch(runs(job.name), /build-once build-image|docker build/, `${workflow}: ${job.name} builds nothing`);
        t.ok(job.serialGroup !== undefined, `${workflow}: ${job.name} has a serial group`);
        // Whoever waits for an approval waits for nothing else, so there is no way round it.
        const approvals = job.requires.filter((required) => named.get(required)?.approval === true);
        if (approvals.length > 0) t.equal(job.requires.length, 1, `${workflow}: nothing gets round ${approvals[0]}`);
      }
      // CircleCI ignores what is required and does not run for its filters, so a filter of one job must be that of all.
      // Tests may have more, as long as one of them has not: a job whose required jobs are all left out is left out, too.
      const build = jobs.find((one) => one.name.startsWith('build-'));
      const others = jobs.filter(({ name }) => build !== undefined && !build.requires.includes(name));
      t.ok(new Set(others.map(({ filters }) => filters)).size <= 1, `${workflow}: all jobs have the same filters`);
      const required = build?.requires.map((name) => named.get(name)?.filters) ?? [];
      t.ok(required.length === 0 || required.includes(build?.filters), `${workflow}: a job runs whatever is filtered`);
      for (const filters of required.filter((one) => one !== build?.filters && build?.filters !== undefined)) {
        t.ok(String(filters).startsWith(`${build?.filters} and (`), `${workflow}: and no test runs where nothing does`);
      }
      /** Every job that a job waits for, and those that they wait for. */
      const waitsFor = (name: string): readonly string[] =>
        (named.get(name)?.requires ?? []).flatMap((required) => [required, ...waitsFor(required)]);
      for (const { name } of jobs) {
        const environment = /-before-(.*)$/.exec(name)?.[1];
        if (environment === undefined) continue;
        const deployment = `deploy-${environment}`;
        t.ok(named.get(deployment)?.requires.includes(name), `${workflow}: ${deployment} waits for ${name}`);
        const held = (job: string) => waitsFor(job).filter((one) => named.get(one)?.approval === true);
        t.strictSame(held(name), held(deployment).slice(0, held(name).length), `${workflow}: ${name} is held as well`);
        t.ok(held(deployment).length >= held(name).length && held(deployment)[0] === held(name)[0]);
      }
      for (const job of jobs) {
        const steps = (processed.jobs[job.name]?.['steps'] ?? []) as readonly Readonly<Record<string, unknown>>[];
        const names = steps.flatMap((step) => Object.keys(step));
        const [checkout, attach] = [names.indexOf('checkout'), names.indexOf('attach_workspace')];
        if (attach >= 0) t.ok(checkout < attach, `${workflow}: ${job.name} checks out into a folder that is empty`);
      }
      const builds = jobs.filter((one) => /^([a-z_\d]+-)?build-/.test(one.name));
      t.equal(new Set(builds.map((one) => runs(one.name))).size, builds.length, `${workflow}: one build per platform`);
    }
  });
}

t.test('jobs around a deployment get their own contexts and none of the environment', async (t) => {
  const spec = (hooks: string) => `version: 1
image: { repository: ghcr.io/acme/shop, context: registry }
defaults: { context: deployers }
environments:
  staging:
    branch: main
    approval: request_staging
    ${hooks}
    kubernetes: { kubeconfig: STAGING, namespace: shop, workloads: [deployment/web] }
`;
  const base = 'jobs: { smoke: { type: no-op }, backup: { type: no-op } }';
  const result = generateText(
    spec('before_deploy: [backup]\n    after_deploy: [{ job: smoke, context: [url] }]'),
    base,
  );
  if (!result.ok) return t.fail(result.error);
  const { processed } = processConfig(mappingOf(load(result.value)));
  const jobs = new Map(processed.workflows['deliver']?.jobs.map((job) => [job.name, job]));
  t.strictSame(jobs.get('deploy-staging')?.context, ['deployers']);
  t.strictSame(jobs.get('backup-before-staging')?.context, []);
  t.strictSame(jobs.get('smoke-staging')?.context, ['url']);
  t.strictSame(jobs.get('backup-before-staging')?.requires, ['request_staging']);
});

t.test('a config that is larger than CircleCI takes is not written', async (t) => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const base = (megabytes: number) => {
    const steps = Array.from({ length: megabytes }, () => ({ run: { name: 'Large', command: megabyte } }));
    return JSON.stringify({ jobs: { unit: { machine: true, steps } } });
  };
  t.ok(generateText('version: 1\ntest: unit\n', base(7)).ok);
  t.match(generateText('version: 1\ntest: unit\n', base(8)), {
    ok: false,
    error:
      /^: the config has 8\.0 MB, and CircleCI takes at most 8 MB; the largest part of it is jobs\.unit with 8\.0 MB \[too-large\]/,
  });
});

t.test('adding an environment changes only its own lines', async (t) => {
  const spec = (more: string) => `version: 1
image: { repository: ghcr.io/acme/shop }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: STAGING, namespace: shop, workloads: [deployment/web] }
${more}`;
  const before = generateText(spec(''), undefined);
  const after = generateText(
    spec(
      '  production:\n    after: staging\n    kubernetes: { kubeconfig: P, namespace: shop, workloads: [deployment/web] }\n',
    ),
    undefined,
  );
  if (!before.ok || !after.ok) return t.fail('both are generated');
  const lines = new Set(after.value.split('\n'));
  const gone = before.value.split('\n').filter((line) => !lines.has(line));
  t.strictSame(gone, ['  # A push to main: build once -> staging'], 'all that is gone is the picture of the way');
});

t.test('text of a spec never reaches a shell and is never changed', async (t) => {
  const hostile = [
    '$(touch x)',
    '`id`',
    '"; rm -rf / #',
    "'",
    '<< pipeline.id >>x',
    'a\\b',
    'ünï ☃',
    '${HOME}',
    '#c',
    ': y',
  ];
  for (const text of hostile) {
    const path = text.replaceAll('\\', '/'); // what is between folders is said to the author
    const spec = JSON.stringify({
      version: 1,
      image: { repository: 'ghcr.io/acme/shop', dockerfile: path, path },
      environments: {
        staging: {
          branch: text,
          context: [text],
          kubernetes: { kubeconfig: 'K', namespace: 'shop', workloads: ['deployment/web'] },
          migration: { command: ['sh', '-c', text] },
        },
      },
    });
    const result = generateText(spec, undefined);
    if (text.includes('<<')) {
      t.match(result, { ok: false, error: /has "<<", which CircleCI takes/ }, `${text} is refused`);
      continue;
    }
    if (!result.ok) {
      t.fail(`${text}: ${result.error}`);
      continue;
    }
    const { processed, problems } = processConfig(mappingOf(load(result.value)), {});
    t.strictSame(problems, [], `${text} compiles`);
    const jobs = Object.values(processed.jobs);
    const runs = jobs.flatMap((job) =>
      (job['steps'] as { run?: { command: string; environment: Record<string, string> } }[]).flatMap(({ run }) =>
        run ? [run] : [],
      ),
    );
    for (const { command } of runs.filter(({ environment }) => environment['BUILD_ONCE_PATH'] === undefined))
      t.notOk(command.includes(text), `${text} is in no command`);
    const commands = runs
      .map(({ environment }) => environment['BUILD_ONCE_COMMAND'])
      .filter((one) => one !== undefined);
    t.strictSame(
      commands.map((one) => JSON.parse(one)),
      [['sh', '-c', text]],
      `${text} arrives as it is`,
    );
  }
});

t.test('a command may have "<<", of which CircleCI sees nothing', async (t) => {
  const command = ['sh', '-c', 'cat <<<<EOF << pipeline.id >>'];
  const spec = JSON.stringify({
    version: 1,
    image: { repository: 'ghcr.io/acme/shop' },
    environments: {
      staging: {
        branch: 'main',
        kubernetes: { kubeconfig: 'K', namespace: 'shop', workloads: ['deployment/web'] },
        migration: { command },
      },
    },
  });
  const result = generateText(spec, undefined);
  if (!result.ok) return t.fail(result.error);
  const [line = ''] = result.value.split('\n').filter((one) => one.includes('EOF'));
  t.notMatch(line, '<<');
  const { command: written } = mappingOf(load(line));
  t.strictSame(JSON.parse(String(written)), command);
});
