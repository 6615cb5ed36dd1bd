import t from 'tap';
import { NO_ANSWERS } from '../../src/spec/detect/answers.js';
import { makeBaseText } from '../../src/spec/detect/base-text.js';
import { chooseRepository } from '../../src/spec/detect/choose-repository.js';
import { readKnownConfig } from '../../src/spec/detect/circleci.js';
import { cutKeys } from '../../src/spec/detect/cut.js';
import { describeCautions } from '../../src/spec/detect/describe.js';
import { detect } from '../../src/spec/detect/detect.js';
import { findDockerfiles } from '../../src/spec/detect/dockerfiles.js';
import { makeDraft } from '../../src/spec/detect/draft.js';
import { environmentOfFolder, orderEnvironments, speaksOf } from '../../src/spec/detect/environments.js';
import { readGit } from '../../src/spec/detect/git.js';
import { keepWorkflows } from '../../src/spec/detect/keep-workflows.js';
import { findMigrations } from '../../src/spec/detect/migrations.js';
import { findRegistries } from '../../src/spec/detect/registries.js';
import { joinPath, readDocuments } from '../../src/spec/detect/repository.js';
import { parseYaml } from '../../src/yaml/parse.js';
import { NO_GIT, repositoryOf } from '../support/repository-of.js';

function yaml(text: string) {
  const parsed = parseYaml(text, 'config.yml', 'test');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

t.test('migration tools', async (t) => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, readonly string[] | undefined])[] = [
    [{ Gemfile: "gem 'rails', '8.0.1'\n" }, ['bin/rails', 'db:migrate']],
    [{ Gemfile: "gem 'sinatra'\n# gem 'rails'\n" }, undefined],
    [{ 'manage.py': 'from django.core import management\n' }, ['python', 'manage.py', 'migrate']],
    [
      { 'composer.json': '{"require":{"laravel/framework":"11"}}', artisan: '' },
      ['php', 'artisan', 'migrate', '--force'],
    ],
    [{ 'composer.json': '{"require":{"laravel/framework":"11"}}' }, undefined],
    [{ 'package.json': '{"devDependencies":{"prisma":"^6.1.0"}}' }, ['npx', 'prisma', 'migrate', 'deploy']],
    [{ 'package.json': '{"dependencies":{"knex":"3"}}', 'knexfile.js': '' }, ['npx', 'knex', 'migrate:latest']],
    [{ 'package.json': '{"dependencies":{"knex":"3"}}' }, undefined],
    [{ 'package.json': '{"devDependencies":{"sequelize-cli":"6"}}' }, ['npx', 'sequelize-cli', 'db:migrate']],
    [
      { 'package.json': '{"dependencies":{"typeorm":"0.3"}}' },
      ['npx', 'typeorm', 'migration:run', '-d', 'dist/data-source.js'],
    ],
    [{ 'alembic.ini': '[alembic]' }, ['alembic', 'upgrade', 'head']],
    [{ 'flyway.toml': '[flyway]' }, ['flyway', 'migrate']],
    [{ 'build.gradle.kts': 'id("org.flywaydb.flyway")' }, ['flyway', 'migrate']],
    [{ 'pom.xml': '<project/>' }, undefined],
    [{ 'm/1_a.up.sql': '', 'm/1_a.down.sql': '' }, ['migrate', '-path', 'm', '-database', '$(DATABASE_URL)', 'up']],
    [{ 'migrate.js': '' }, ['node', 'migrate.js']],
    [{ 'package.json': '{}', 'scripts/migrate.mjs': '' }, ['node', 'scripts/migrate.mjs']],
    [{ 'src/immigrate.js': '' }, undefined],
  ];
  for (const [texts, command] of cases) {
    const [first] = await findMigrations(repositoryOf(texts), [
      { path: 'Dockerfile', context: '.', production: false },
    ]);
    t.strictSame(first?.command, command, JSON.stringify(texts));
  }
  const both = repositoryOf({
    'a/alembic.ini': '',
    'b/manage.py': 'django',
    'package.json': '{"devDependencies":{"prisma":"^6"}}',
  });
  const [first] = await findMigrations(both, [{ path: 'a/Dockerfile', context: 'a', production: true }]);
  t.equal(first?.tool, 'Alembic', 'what is in the build context comes first');
  const tools = await findMigrations(both, [{ path: 'Dockerfile', context: '.', production: true }]);
  t.match(tools.find(({ tool }) => tool === 'Prisma')?.caution, 'prisma is a devDependency');
});

t.test('Dockerfiles: the likeliest first, its base, its platforms, its context', async (t) => {
  const ranked = await findDockerfiles(
    repositoryOf({
      'services/a/Dockerfile': 'FROM node:22\n',
      'Dockerfile.dev': 'FROM node:22\n',
      'web.Dockerfile': 'FROM node:22\n',
      Dockerfile: 'FROM node:22\n',
      '.devcontainer/Dockerfile': 'FROM node:22\n',
      'Dockerfile.dockerignore': 'node_modules\n',
      'docs/Dockerfile.md': '# FROM\n',
      'empty/Dockerfile': '',
    }),
  );
  t.strictSame(
    ranked.map(({ path }) => path),
    ['Dockerfile', 'web.Dockerfile', 'services/a/Dockerfile', 'Dockerfile.dev', '.devcontainer/Dockerfile'],
  );
  const both = ['linux/amd64', 'linux/arm64'];
  const cases: readonly (readonly [string, string | undefined, readonly string[]])[] = [
    ['FROM node:22-slim', 'node:22-slim', both],
    ['ARG V=3.12\nFROM python:${V}-slim', 'python:3.12-slim', both],
    ['ARG V\nFROM python:${V:-3.13}', 'python:3.13', both],
    ['ARG V\nFROM python:$V', undefined, ['linux/amd64']],
    ['FROM golang:1.23 AS Build\nFROM build AS x\nFROM x', 'golang:1.23', both],
    ['FROM --platform=$BUILDPLATFORM golang AS b\nFROM scratch', 'scratch', both],
    ['FROM --platform=linux/arm64 node:22', 'node:22', ['linux/arm64']],
    ['FROM acme/base:1', 'acme/base:1', ['linux/amd64']],
    ['FROM ubuntu\nRUN curl https://x/tool-linux-amd64', 'ubuntu', ['linux/amd64']],
    ['FROM ubuntu\n# GOARCH=amd64 once', 'ubuntu', both],
    ['from gcr.io/distroless/base', 'gcr.io/distroless/base', both],
  ];
  for (const [text, image, platforms] of cases) {
    const [found] = await findDockerfiles(repositoryOf({ Dockerfile: `${text}\n` }));
    t.equal(found?.base?.image, image, text);
    t.strictSame(found?.platforms.names, platforms, text);
  }
  const contexts: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ 'a/Dockerfile': 'FROM scratch\nCOPY src ./src\n', 'a/src/x': '' }, 'a'],
    [{ 'a/Dockerfile': 'FROM scratch\nCOPY --chown=1 a/src shared /x/\n', 'a/src/x': '', 'shared/y': '' }, '.'],
    [{ 'a/Dockerfile': 'FROM scratch\nCOPY --from=b shared /x/\n', 'shared/y': '' }, 'a'],
    [{ 'docker/Dockerfile': 'FROM scratch\nCOPY . .\n' }, '.'],
  ];
  for (const [texts, context] of contexts) {
    const [found] = await findDockerfiles(repositoryOf(texts));
    t.equal(found?.context, context, JSON.stringify(texts));
  }
});

t.test('git: remote and branch from texts', async (t) => {
  const remotes: readonly (readonly [string, string | undefined])[] = [
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://user:secret@github.com/acme/shop.git', 'acme/shop'],
    ['ssh://git@host:7999/acme/shop', 'acme/shop'],
    ['../shop.git', '../shop'],
  ];
  for (const [url, name] of remotes) {
    const { remote } = readGit({ ...NO_GIT, config: `[remote "up"]\n\turl = x\n[remote "origin"]\n\turl = ${url}\n` });
    t.match(remote, { name, at: { file: '.git/config', line: 4 } }, url);
  }
  const branches: readonly (readonly [Partial<typeof NO_GIT>, string, boolean])[] = [
    [
      { originHead: 'ref: refs/remotes/origin/release/next\n', head: 'ref: refs/heads/x' } as object,
      'release/next',
      true,
    ],
    [
      {
        head: 'ref: refs/heads/x',
        branches: ['trunk', 'main'],
        userConfig: '[init]\n\tdefaultBranch = trunk\n',
      } as object,
      'trunk',
      false,
    ],
    [
      { head: 'ref: refs/heads/x', branches: ['master'], userConfig: '[init]\n\tdefaultBranch = trunk\n' } as object,
      'master',
      false,
    ],
    [{ head: 'ref: refs/heads/fix/login\n' } as object, 'fix/login', false],
    [{ head: '0123456789abcdef' } as object, 'main', false],
  ];
  for (const [files, name, sure] of branches) {
    t.match(readGit({ ...NO_GIT, ...files }).branch, { name, sure }, JSON.stringify(files));
  }
});

t.test('names of environments', async (t) => {
  t.strictSame(orderEnvironments(['prod', 'production', 'stg', 'dev', 'eu']), ['eu', 'dev', 'stg', 'prod']);
  t.strictSame(orderEnvironments(['production-us', 'staging', 'production-eu']), [
    'staging',
    'production-us',
    'production-eu',
  ]);
  t.equal(environmentOfFolder('k8s/overlays/production-eu'), 'production-eu');
  t.equal(environmentOfFolder('k8s-staging/web'), 'staging');
  t.equal(environmentOfFolder('manifests'), undefined);
  t.ok(speaksOf('aws-prod', 'production'));
  t.notOk(speaksOf('latest', 'test'));
  t.notOk(speaksOf('aws-production-us', 'production-eu'));
});

t.test('paths never lead out', async (t) => {
  t.equal(joinPath('k8s/overlays/a', '../../base'), 'k8s/base');
  t.equal(joinPath('k8s', '../..'), undefined);
  t.equal(joinPath('k8s', '..'), '.');
});

t.test('documents keep their lines', async (t) => {
  const { documents, broken } = readDocuments('a.yaml', 'a: 1\n---\nb:\n  c: 1\n--- # x\n- list\n---\nd: [\n');
  t.strictSame(
    documents.map(({ value }) => value),
    [{ a: 1 }, { b: { c: 1 } }],
  );
  t.equal(documents[1]?.line(['b', 'c']), 4);
  t.match(broken, [{ at: { file: 'a.yaml' }, text: /^found, but not readable: not valid YAML/ }]);
});

t.test('keys are cut out of a text, and everything else stays', async (t) => {
  const cases: readonly (readonly [string, readonly (readonly string[])[], string])[] = [
    [
      '# top\nversion: 2.1\n\njobs:\n  a: 1 # x\n\n# about\nworkflows:\n  b: 2\n# end\n',
      [['workflows']],
      '# top\nversion: 2.1\n\njobs:\n  a: 1 # x\n',
    ],
    ['setup: true\nworkflows:\n  b: 2\n\n# of c\nc: 3\n', [['setup'], ['workflows']], '# of c\nc: 3\n'],
    ['jobs:\n  # of a\n  a:\n    x: 1\n\n  # of b\n  b: 2\n', [['jobs', 'a']], 'jobs:\n  # of b\n  b: 2\n'],
    ['jobs:\n  a: 1\n  # of b\n  b: 2\norbs: {}\n', [['jobs', 'b']], 'jobs:\n  a: 1\norbs: {}\n'],
    ['a: 1\r\nworkflows:\r\n  b: 2\r\nc: 3\r\n', [['workflows']], 'a: 1\r\nc: 3\n'],
    ['"workflows":\n- b\na: 1\n', [['workflows']], 'a: 1\n'],
    ['a: |\n  workflows:\n    x\nworkflows: {}\n', [['workflows']], 'a: |\n  workflows:\n    x\n'],
  ];
  for (const [text, paths, expected] of cases) {
    t.strictSame(cutKeys(yaml(text), paths), { text: expected, kept: true }, text);
  }
  t.strictSame(cutKeys(yaml('{ a: 1, workflows: {} }\n'), [['workflows']]), { text: 'a: 1\n', kept: false });
  const anchored = 'workflows: &x { b: 1 }\na: *x\n';
  t.strictSame(
    cutKeys(yaml(anchored), [['workflows']]),
    { text: 'a:\n  b: 1\n', kept: false },
    'an anchor that is needed',
  );
});

t.test('one image, though its repositories are named for environments', async (t) => {
  const ecr = (account: string) => `${account}.dkr.ecr.us-east-1.amazonaws.com`;
  const choose = async (...images: readonly string[]) => {
    const texts = images.map((image, index) => [
      `k8s/${index}.yaml`,
      `kind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ image: "${image}" }] } } }\n`,
    ]);
    const facts = await detect(repositoryOf(Object.fromEntries(texts)), { base: undefined, config: undefined });
    const choice = chooseRepository(facts, 'shop');
    return [choice?.text, choice?.at !== undefined, choice?.all.length];
  };
  t.strictSame(await choose('ghcr.io/a/shop-staging', 'ghcr.io/a/shop-prod'), ['ghcr.io/a/shop', false, 2]);
  t.strictSame(await choose('ghcr.io/a/staging/shop', 'ghcr.io/a/prod/shop'), ['ghcr.io/a/shop', false, 2]);
  t.strictSame(await choose('ghcr.io/staging', 'ghcr.io/production'), ['ghcr.io/shop', false, 2]);
  t.strictSame(await choose('ghcr.io/a/qa.shop', 'ghcr.io/a/shop:1'), ['ghcr.io/a/shop', true, 2], 'the one for all');
  t.strictSame(
    await choose('ghcr.io/a/shop-prod', 'ghcr.io/a/cart'),
    ['ghcr.io/a/shop-prod', true, 1],
    'one is as it is',
  );
  const [one, two] = [`${ecr('111111111111')}/shop`, `${ecr('222222222222')}/shop`];
  t.strictSame(await choose(one, two), [one, true, 2], 'an account for each environment');
});

t.test('which workflows of a config stay', async (t) => {
  const config = readKnownConfig(
    yaml(`
orbs: { node: circleci/node@7, ecr: circleci/aws-ecr@9 }
jobs:
  unit: { steps: [run: npm test] }
  docs: { steps: [run: make html] }
  deploy-staging: { steps: [checkout] }
  ship: { steps: [run: kubectl apply -f k8s] }
workflows:
  version: 2
  main: { jobs: [unit, deploy-staging] }
  pages: { jobs: [docs, { wait: { type: approval } }] }
  both: { jobs: [unit, docs] }
  nightly: { triggers: [{ schedule: { cron: "0 0 * * *" } }], jobs: [unit] }
  weekly: { when: { equal: [weekly, << pipeline.schedule.name >>] }, jobs: [unit, node/test] }
  pushed: { when: { not: { equal: [scheduled_pipeline, << pipeline.trigger_source >>] } }, jobs: [unit] }
  shipping: { triggers: [{ schedule: { cron: "0 0 * * *" } }], jobs: [ship] }
  pushing: { when: pipeline.schedule.name == "x", jobs: [ecr/build_and_push_image] }
  deliver: { jobs: [docs] }
  changed: { when: << pipeline.parameters.run-docs >>, jobs: [docs] }
`),
  );
  const replacement = { generated: ['deploy-staging'], tests: ['unit'], continued: false, parameters: ['run-docs'] };
  t.strictSame(keepWorkflows(config, replacement), { kept: ['pages', 'nightly', 'weekly'], unscheduled: [] });
  t.strictSame(keepWorkflows(config, { ...replacement, continued: true }), {
    kept: ['pages', 'weekly'],
    unscheduled: ['nightly'],
  });
  const base = makeBaseText(config, replacement);
  t.strictSame(base?.dropped, ['deploy-staging']);
  t.strictSame(base?.idle, ['ship'], 'what a workflow that stays calls is not idle');
  t.match(base?.text, /workflows:\n {2}pages:/);
});

t.test('which jobs of a config test', async (t) => {
  const config = (jobs: string, workflow: string) =>
    readKnownConfig(yaml(`jobs:\n${jobs}\nworkflows:\n  w:\n    jobs:\n${workflow}\n`));
  const tests = (jobs: string, workflow: string) =>
    config(jobs, workflow)
      .jobs.filter(({ test }) => test)
      .map(({ name }) => name);
  const job = (name: string, command: string) => `  ${name}: { steps: [{ run: ${JSON.stringify(command)} }] }`;
  t.strictSame(tests(job('a', 'npm test'), '      - a'), ['a'], 'by what it runs');
  t.strictSame(tests(job('unit', './x.sh'), '      - unit'), ['unit'], 'by its name');
  t.strictSame(tests(job('a', './x.sh'), '      - a'), [], 'by neither');
  t.strictSame(tests(job('a', 'npm test'), '      - b'), [], 'not run');
  t.strictSame(tests(job('a', 'npm test && kubectl apply -f k8s'), '      - a'), [], 'it deploys as well');
  t.strictSame(tests(job('test-and-push', 'npm test && docker push x'), '      - test-and-push'), []);
  t.strictSame(tests(job('deploy', 'make x'), '      - deploy'), []);
  t.strictSame(
    tests(job('a', 'npm test'), '      - a: { filters: { branches: { only: main } } }'),
    [],
    'on one branch only',
  );
  t.strictSame(tests(job('a', 'npm test'), '      - a: { filters: { branches: { only: /.*/ } } }'), ['a']);
  t.strictSame(tests(job('a', 'npm test'), '      - a: { filters: { branches: { ignore: gh-pages } } }'), ['a']);
  t.strictSame(
    tests(job('a', 'npm test'), '      - a: { filters: { branches: { ignore: /.*/ }, tags: { only: /v.*/ } } }'),
    [],
  );
  t.strictSame(tests(job('test', 'x'), '      - test: { type: approval }'), []);
  const inner = 'commands:\n  verify:\n    steps:\n      - run: go test ./...\n';
  t.strictSame(
    readKnownConfig(yaml(`${inner}jobs:\n  a: { steps: [verify] }\nworkflows:\n  w: { jobs: [a] }\n`)).jobs.map(
      ({ test }) => test,
    ),
    [true],
    'through a command of the config',
  );
  const cautious = config(
    '  unit:\n    parameters: { version: { type: string }, os: { type: string, default: a } }\n    steps: [checkout]',
    '      - unit: { matrix: { parameters: { version: ["1"] } }, context: c }',
  );
  t.strictSame(cautious.jobs[0]?.cautions, [
    'needs version, which "test" cannot give: add a default',
    'ran as a matrix, runs once now',
    'had the context c, has none now',
  ]);
  for (const odd of [
    '[]',
    '3',
    'jobs: 3\nworkflows: [x]',
    'jobs: { a: 1 }\nworkflows: { w: { jobs: [1, [2], {}, { a: 3 }] } }',
  ]) {
    t.ok(readKnownConfig(yaml(odd)), `no trouble with ${odd}`);
  }
});

t.test('image repositories of a config, by what its variables stand for', (t) => {
  const job = (command: string, more = '') =>
    `jobs:\n  build:\n${more}    steps:\n      - run: |\n${command.replaceAll(/^/gm, '          ')}\n`;
  const environment = '    environment: { REGISTRY: 123456789012.dkr.ecr.us-east-1.amazonaws.com }\n';
  const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop';
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['of a job', job('docker push $REGISTRY/shop:latest', environment), [ecr]],
    ['with braces and quotes', job('kubectl set image deployment/web web="${REGISTRY}/shop:$TAG"', environment), [ecr]],
    ['of nobody', job('docker push $REGISTRY/shop:latest'), []],
    ['assigned in a step', job('export HOST=ghcr.io/acme\ndocker push "$HOST/shop"'), ['ghcr.io/acme/shop']],
    [
      'of BASH_ENV',
      job(`echo 'export HOST="ghcr.io"' >> $BASH_ENV\ndocker push $HOST/acme/shop`),
      ['ghcr.io/acme/shop'],
    ],
    [
      'one of another',
      job(
        'docker push $REPO:1',
        '    environment:\n      ID: "123456789012"\n      REPO: $ID.dkr.ecr.us-east-1.amazonaws.com/shop\n',
      ),
      [ecr],
    ],
    [
      'of a parameter',
      job(
        'docker build -t << parameters.host >>/acme/shop .',
        '    parameters: { host: { type: string, default: quay.io } }\n',
      ),
      ['quay.io/acme/shop'],
    ],
    [
      'one for each environment',
      `${job('docker push $R/shop', '    environment: { R: ghcr.io/staging }\n')}  other:\n    environment: { R: ghcr.io/production }\n`,
      ['ghcr.io/staging/shop', 'ghcr.io/production/shop'],
    ],
    ['over several lines', job('docker build \\\n  --pull \\\n  -t quay.io/acme/shop:1 .'), ['quay.io/acme/shop']],
    ['tagged', job('docker tag shop:1 quay.io/acme/shop:1'), ['quay.io/acme/shop']],
    ['of Docker Hub', job('docker push acme/shop:1'), ['acme/shop']],
    [
      'for this machine alone',
      job('docker build -t acme/shop .\ndocker push localhost:5000/shop\ndocker run -t quay.io/a/b'),
      [],
    ],
    ['that has no end', job('docker push $A/shop', '    environment: { A: $A$A$A }\n'), []],
  ];
  for (const [what, text, expected] of cases) {
    const found = findRegistries(text, yaml(text).value, 'config.yml');
    t.strictSame(
      found.map((one) => one.text),
      expected,
      what,
    );
  }
  const text = job('true\ndocker push $REGISTRY/shop:latest', environment);
  t.strictSame(findRegistries(text, yaml(text).value, 'config.yml'), [
    { text: ecr, at: { file: 'config.yml', line: 7 } },
  ]);
  const hostile = job('docker push $A/shop\n'.repeat(2000), `    environment: { A: ${'$A'.repeat(5000)} }\n`);
  t.strictSame(findRegistries(hostile, yaml(hostile).value, 'config.yml'), [], 'which ends');
  t.end();
});

t.test('how jobs log in to a registry', async (t) => {
  const loginOf = async (image: string, command: string) => {
    const config = `jobs: { build: { machine: true, steps: [{ run: '${command.replaceAll("'", "''")}' }] } }\n`;
    const manifest = `kind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ image: ${image} }] } } }\n`;
    const facts = await detect(repositoryOf({ Dockerfile: 'FROM node:22\n', 'k8s/web.yaml': manifest }), {
      base: undefined,
      config,
    });
    return makeDraft(facts, NO_ANSWERS).parts[0]?.image.login;
  };
  const login = (username: string, password: string) => ({ kind: 'login', username, password });
  const usual = login('GHCR_USER', 'GHCR_TOKEN');
  const ours = login('U', 'P');
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['ghcr.io/acme/shop', 'true', usual],
    ['acme/shop', 'true', login('DOCKERHUB_USERNAME', 'DOCKERHUB_TOKEN')],
    ['registry.example.com/acme/shop', 'true', login('REGISTRY_USERNAME', 'REGISTRY_PASSWORD')],
    ['ghcr.io/acme/shop', 'docker login ghcr.io -u $U -p $P', ours],
    ['ghcr.io/acme/shop', 'docker login --username="${U}" --password "$P" ghcr.io', ours],
    ['ghcr.io/acme/shop', 'echo "$P" | docker login ghcr.io -u "$U" --password-stdin', ours],
    ['ghcr.io/acme/shop', 'printenv P | docker login ghcr.io --username $U --password-stdin', ours],
    ['acme/shop', 'docker login -u $U -p $P', ours],
    [
      'ghcr.io/acme/shop',
      'docker login -u $A -p $B\ndocker login ghcr.io -u $U -p $P'.replace('\n', '; true\n\n          '),
      ours,
    ],
    ['ghcr.io/acme/shop', 'docker login ghcr.io -u acme -p $P', usual],
    ['europe-west1-docker.pkg.dev/acme/shop/web', 'true', { kind: 'identity' }],
    ['123456789012.dkr.ecr.us-east-1.amazonaws.com/shop', 'true', undefined],
  ];
  for (const [image, command, expected] of cases)
    t.match((await loginOf(image, command)) ?? null, expected ?? null, `${image} ${command}`);
});

t.test('SQL that nothing runs is told of', async (t) => {
  const cautions = async (texts: Readonly<Record<string, string>>) => {
    const facts = await detect(repositoryOf({ Dockerfile: 'FROM node:22\n', ...texts }), {
      base: undefined,
      config: undefined,
    });
    return describeCautions(facts, makeDraft(facts, NO_ANSWERS)).flatMap(({ at }) => at?.file ?? []);
  };
  t.strictSame(await cautions({ 'db/migrations/001_users.sql': '', 'db/migrations/002.sql': '' }), [
    'db/migrations/001_users.sql',
  ]);
  t.strictSame(await cautions({ 'sql/V1__users.sql': '' }), ['sql/V1__users.sql']);
  t.strictSame(
    await cautions({ 'db/migrations/001_users.sql': '', 'migrate.js': '' }),
    [],
    'there is a program that does',
  );
  t.strictSame(await cautions({ 'db/seed.sql': '' }), []);
});
