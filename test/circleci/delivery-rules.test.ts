import t from 'tap';
import { validateConfig } from '../../src/circleci/language/rules/validate.js';

/** Jobs that the cases below put together, by name: their steps. */
const STEPS: Readonly<Record<string, string>> = {
  test: '[checkout]',
  build: '[checkout, run: docker build -t acme/shop:$CIRCLE_SHA1 --push .]',
  'deploy-staging': '[run: ./deploy.sh staging]',
  'deploy-production': '[run: helm upgrade shop ./chart --wait]',
  'deploy-web-production': '[run: helm upgrade shop ./chart --wait]',
  'migrate-production': '[run: npx prisma migrate deploy]',
  'rollback-production': '[run: helm rollback shop]',
};

/** What a rule says of a workflow, without the places. */
function find(rule: string, jobs: string, steps: Readonly<Record<string, string>> = {}, more = ''): readonly string[] {
  const all = { ...STEPS, ...steps };
  const named = Object.keys(all).filter((name) => jobs.includes(name));
  const definitions = named.map((name) => `  ${name}: { machine: { image: x }, steps: ${all[name]} }\n`).join('');
  const config = `version: 2.1\n${more}\njobs:\n${definitions}\nworkflows:\n  main:\n    jobs:\n${jobs}`;
  const found = validateConfig(config, 'config.yml');
  const broken = found.filter(
    ({ code, severity }) => severity === 'error' && !code.includes('hold-') && !code.includes('missing-key'),
  );
  if (broken.length > 0) throw new Error(`${broken[0]?.message}\n${config}`);
  return found.filter(({ code }) => code === `config/${rule}`).map(({ message }) => message);
}

t.test('hold-bypassed', async (t) => {
  const [message = ''] = find(
    'hold-bypassed',
    `
      - build: { filters: { tags: { only: /.*/ } } }
      - hold: { type: approval, requires: [build] }
      - deploy-production: { requires: [build, hold], filters: { tags: { only: /v.*/ } } }`,
  );
  t.match(message, /without "hold" for the tag "vx"/, 'an approval without a filter for tags does not run for one');
  t.match(
    find(
      'hold-bypassed',
      `
      - build
      - hold: { type: approval }
      - migrate-production: { requires: [hold], filters: { branches: { only: main } } }
      - deploy-production: { requires: [build, migrate-production] }`,
    )[0],
    /on the branch "master"|on the branch "some-feature"/,
    'a job between the two that is filtered out',
  );
  t.strictSame(
    find(
      'hold-bypassed',
      `
      - build
      - hold: { type: approval, requires: [build], filters: { branches: { only: main } } }
      - deploy-production: { requires: [build, hold], filters: { branches: { only: /main/ } } }`,
    ),
    [],
    'two ways to write one branch',
  );
  t.strictSame(
    find(
      'hold-bypassed',
      `
      - build
      - hold: { type: approval, requires: [build], filters: pipeline.git.branch == "main" }
      - deploy-production: { requires: [build, hold] }`,
      { 'deploy-production': '[run: circleci-agent step halt, run: helm upgrade shop ./chart]' },
    ),
    [],
    'a job that may end itself early',
  );
});

t.test('hold-skipped-by-status', async (t) => {
  const between = (requires: string) =>
    find(
      'hold-skipped-by-status',
      `
      - hold: { type: approval }
      - migrate-production: { requires: [hold] }
      - deploy-production: { requires: ${requires} }`,
    );
  t.match(
    between('[migrate-production: terminal]')[0],
    /when "migrate-production" has not run, and so without .*"hold"/,
  );
  t.strictSame(between('[migrate-production: [success, failed]]'), [], 'both come after the approval');
  t.strictSame(between('[migrate-production: terminal, hold]'), [], 'the approval is required too');
  t.strictSame(between('[hold: [canceled, not_run]]'), [], 'a job for the other case');
});

t.test('deploy-after-failure', async (t) => {
  const after = (requires: string) =>
    find('deploy-after-failure', `\n      - test\n      - deploy-staging: { requires: ${requires} }`);
  t.strictSame(after('[test: terminal]'), ['"deploy-staging" deploys when "test" has failed, too']);
  t.strictSame(after('[test: [success, not_run]]'), []);
  t.strictSame(after('[test: failed]'), [], 'what is for a failure alone');
});

t.test('overlapping-deploys', async (t) => {
  t.strictSame(
    find('overlapping-deploys', '\n      - deploy-production: { serial-group: a/b }\n      - deploy-web-production'),
    ['"deploy-web-production" deploys to production outside of the serial group that "deploy-production" uses'],
  );
  t.match(
    find('overlapping-deploys', '\n      - deploy-production\n      - deploy-web-production')[0],
    /"deploy-production" and "deploy-web-production" change the same in production/,
  );
  t.equal(
    find(
      'overlapping-deploys',
      '\n      - deploy-production\n      - deploy-web-production: { requires: [deploy-production] }',
    ).length,
    1,
    'one after the other, in a pipeline that can run twice',
  );
  t.strictSame(
    find(
      'overlapping-deploys',
      '\n      - queue/block_workflow\n      - deploy-production: { requires: [queue/block_workflow] }',
      {},
      'orbs: { queue: eddiewebb/queue@3.2.0 }',
    ),
    [],
    'a queue in front',
  );
});

t.test('migrations', async (t) => {
  t.strictSame(find('migration-not-awaited', '\n      - migrate-production\n      - deploy-production'), [
    '"migrate-production" migrates the database while "deploy-production" deploys: neither waits for the other',
  ]);
  t.strictSame(
    find(
      'migration-not-awaited',
      '\n      - migrate-production\n      - deploy-production: { requires: [migrate-production] }',
    ),
    [],
  );
  t.match(
    find(
      'migration-after-deploy',
      '\n      - deploy-production\n      - migrate-production: { requires: [deploy-production] }',
    )[0],
    /"npx prisma" migrates the database after "helm upgrade"/,
  );
  t.strictSame(
    find(
      'migration-after-deploy',
      '\n      - deploy-staging\n      - migrate-production: { requires: [deploy-staging] }',
    ),
    [],
    'of another environment',
  );
});

t.test('deploy-not-awaited', async (t) => {
  const after = (steps: string) =>
    find('deploy-not-awaited', '\n      - deploy-production', { 'deploy-production': steps });
  t.match(after('[run: helm upgrade shop ./chart]')[0], /"helm upgrade" returns when the manifests are applied/);
  t.match(after('[run: aws ecs update-service --cluster a --service b --task-definition c]')[0], /only asks for/);
  t.strictSame(after('[run: helm upgrade shop ./chart, run: ./smoke-test.sh]'), [], 'a script may wait');
  t.strictSame(after('[run: kind create cluster, run: helm upgrade shop ./chart]'), [], 'a cluster of the job itself');
  t.strictSame(after('[run: helm upgrade shop ./chart --dry-run]'), []);
});

t.test('ignored-failure', async (t) => {
  const after = (command: string) =>
    find('ignored-failure', '\n      - deploy-production', { 'deploy-production': `[run: ${command}]` });
  t.equal(after('docker push acme/shop:1 || echo failed').length, 1);
  t.strictSame(after('docker push acme/shop:buildcache || true'), [], 'a cache');
  t.strictSame(after('helm upgrade shop ./chart --wait || helm install shop ./chart'), [], 'another way');
  t.strictSame(find('ignored-failure', '\n      - test', { test: '[run: rake db:migrate || true]' }), [], 'a test');
});

t.test('images', async (t) => {
  const twice = (one: string, other: string) =>
    find('image-built-twice', '\n      - one\n      - other', { one: `[run: ${one}]`, other: `[run: ${other}]` })
      .length;
  const build = 'docker build -t acme/shop:1 --push';
  t.equal(twice(`${build} .`, `${build} .`), 1);
  t.equal(twice(`${build} .`, `${build} web`), 0, 'another folder');
  t.equal(twice(`${build} .`, `${build} --build-arg A=1 .`), 0, 'other arguments');
  t.equal(twice(`cd a && ${build} .`, `cd b && ${build} .`), 0, 'built elsewhere');
  t.equal(twice('docker build -t acme/shop:1 .', `${build} .`), 0, 'one that is not pushed');
  t.equal(twice('docker build -t $IMAGE --push .', 'docker build -t $IMAGE --push .'), 0, 'a name that is not known');
  t.equal(twice(`${build}-amd64 .`, `${build}-arm64 .`), 0, 'platforms');
});

t.test('early-credentials', async (t) => {
  const before = (name: string) =>
    find(
      'early-credentials',
      `
      - ${name}: { context: acme-prod }
      - hold: { type: approval, requires: [${name}] }
      - deploy-production: { requires: [hold], context: acme-prod }`,
      { plan: '[checkout]', 'smoke-production': '[checkout]' },
    ).length;
  t.equal(before('test'), 1);
  t.equal(before('plan'), 0, 'a plan reads what it plans for');
  t.equal(before('smoke-production'), 0, 'what is named for production');
});

t.test('deploy-on-any-branch', async (t) => {
  const found = (steps: string, more = '') =>
    find('deploy-on-any-branch', `\n      - deploy-production${more}`, { 'deploy-production': steps }).length;
  t.equal(found('[run: helm upgrade shop ./chart --wait]'), 1);
  t.equal(found('[run: ./deploy.sh]'), 0, 'a script may look at the branch');
  t.equal(found('[run: helm upgrade shop ./chart --wait]', ': { filters: { branches: { only: main } } }'), 0);
  t.equal(found('[run: "[ $CIRCLE_BRANCH = main ] || exit 1", run: helm upgrade shop ./chart --wait]'), 0);
});

t.test('images whose names stand in a file', async (t) => {
  const jobs = '\n      - build\n      - deploy-staging: { requires: [build] }';
  const built = (first: string, second: string) =>
    find('image-built-twice', jobs, { build: `[run: ${first}]`, 'deploy-staging': `[run: ${second}]` });
  t.match(
    built('docker buildx bake --push', 'docker buildx bake --push')[0],
    /the images of "docker-bake.hcl" once more/,
  );
  t.match(built('docker buildx bake --push', 'docker buildx bake')[0], undefined, 'the second is not pushed');
  const compose = 'docker compose build && docker compose push';
  t.match(built(compose, compose)[0], /the images of "compose.yaml" once more/);
  t.strictSame(built(compose, 'docker compose -f test.yml build && docker compose push'), [], 'another file');
  t.strictSame(built('earthly --push +web', 'earthly --push +worker'), [], 'another target');
});

t.test('tools that deploy are seen behind an approval', async (t) => {
  const jobs = `
      - build: { filters: { tags: { only: /.*/ } } }
      - hold: { type: approval, requires: [build] }
      - deploy-production: { requires: [build, hold], filters: { tags: { only: /v.*/ } } }`;
  for (const script of ['terraform apply -auto-approve', 'npx cdk deploy --all', 'argocd app sync shop']) {
    const found = find('hold-bypassed', jobs, { 'deploy-production': `[run: ${script}]` });
    t.match(found[0], /"deploy-production" deploys/, script);
  }
  const infra = (script: string) =>
    find('hold-bypassed', jobs.replaceAll('deploy-production', 'infra'), { infra: `[run: ${script}]` });
  t.match(infra('terraform apply -var-file=envs/production.tfvars')[0], /"infra" deploys/, 'by its variables alone');
  t.strictSame(infra('terraform plan -var-file=envs/production.tfvars'), [], 'a plan changes nothing');
});

t.test('a deployment that pull requests start', async (t) => {
  const jobs = '\n      - deploy-production';
  const when = (condition: string) => find('deploy-on-any-branch', `${jobs}\n    when: ${condition}`);
  t.match(when(`pipeline.event.name == "pull_request"`)[0], /deploys to production from every pull request/);
  t.strictSame(when(`pipeline.event.name == "pull_request" and pipeline.event.action == "closed"`), [], 'not certain');
  t.strictSame(when(`pipeline.event.name == "push" and pipeline.git.branch == "main"`), []);
  const forks = find('deploy-on-any-branch', `${jobs}: { filters: { branches: { only: '/pull\\/.*/' } } }`);
  t.match(forks[0], /from pull requests of forks, "pull\/12" for one/);
});
