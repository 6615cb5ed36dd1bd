import t from 'tap';
import { NO_ANSWERS } from '../../src/spec/detect/answers.js';
import { pathsOfMapping, readContinuation } from '../../src/spec/detect/continuation.js';
import { readCopies } from '../../src/spec/detect/copies.js';
import { describeCautions } from '../../src/spec/detect/describe.js';
import { detect } from '../../src/spec/detect/detect.js';
import { makeDraft } from '../../src/spec/detect/draft.js';
import { chooseNamed } from '../../src/spec/detect/named-for.js';
import { checkServiceAnswers } from '../../src/spec/detect/questions.js';
import { renderSpec } from '../../src/spec/detect/render.js';
import { parseYaml } from '../../src/yaml/parse.js';
import { repositoryOf } from '../support/repository-of.js';

type Texts = Readonly<Record<string, string>>;

const find = (texts: Texts, config?: string) => detect(repositoryOf(texts), { base: undefined, config });

const NODE = 'FROM node:22\n';
const deployment = (name: string, image: string, more = '') =>
  `kind: Deployment\nmetadata: { name: ${name}${more} }\nspec: { template: { spec: { containers: [{ image: "${image}" }] } } }\n`;

t.test('which Dockerfiles are services', async (t) => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['folders of services', ['services/api/Dockerfile', 'services/web/Dockerfile'], ['api', 'web']],
    ['folders at the top', ['api/Dockerfile', 'web/Dockerfile'], ['api', 'web']],
    ['one alone is the image', ['services/api/Dockerfile', 'services/api/Dockerfile.dev'], []],
    ['what is not deployed', ['api/Dockerfile', '.devcontainer/Dockerfile', 'docs/Dockerfile', 'db/Dockerfile'], []],
    ['fixtures', ['api/Dockerfile', 'packages/cli/templates/app/Dockerfile', 'packages/x/testdata/Dockerfile'], []],
    ['what the image at the top is helped by', ['Dockerfile', 'nginx/Dockerfile'], []],
    ['the image at the top is one of them', ['Dockerfile', 'services/mail/Dockerfile'], ['shop', 'mail']],
    ['variants of one', ['Dockerfile', 'Dockerfile.alpine', 'Dockerfile.production', 'Dockerfile.staging'], []],
    [
      'variants that are services',
      ['docker/api.Dockerfile', 'docker/web.Dockerfile', 'api/x', 'web/x'],
      ['api', 'web'],
    ],
    ['a folder to build in', ['services/api/docker/Dockerfile', 'docker/web/Dockerfile', 'cmd/web/x'], ['api', 'web']],
    ['infrastructure', ['docker/php/Dockerfile', 'docker/nginx/Dockerfile'], []],
    ['too deep to be evident', ['a/b/c/Dockerfile', 'a/b/d/Dockerfile'], []],
    ['one name twice', ['services/api/Dockerfile', 'apps/api/Dockerfile'], ['api', 'services-api']],
  ];
  for (const [what, files, names] of cases) {
    const facts = await find(Object.fromEntries(files.map((file) => [file, NODE])));
    t.strictSame(facts.services.map(({ name }) => name).sort(), [...names].sort(), what);
  }
  const deep = { 'a/b/c/Dockerfile': NODE, 'a/b/d/Dockerfile': NODE };
  const manifests = { 'k8s/x.yaml': `${deployment('c', 'ghcr.io/a/c')}---\n${deployment('d', 'ghcr.io/a/x-d')}` };
  t.equal((await find({ ...deep, ...manifests })).services.length, 2, 'something deploys images of their names');
});

t.test('the name that a text is about', async (t) => {
  const names = ['api', 'api-gateway', 'web'];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['api', 'api'],
    ['platform-api-staging', 'api'],
    ['api-web', 'web'],
    ['acme/api_gateway', 'api-gateway'],
    ['api-worker', 'api'],
    ['apis', undefined],
    ['shop', undefined],
  ];
  for (const [text, name] of cases) t.equal(chooseNamed(text, names), name, text);
  t.equal(chooseNamed('api-or-web-x', ['or', 'xx']), 'or');
  t.equal(chooseNamed('mail-jobs', ['jobs', 'mail']), 'jobs', 'what it ends with');
  t.equal(chooseNamed('x-mail-jobs-y', ['jobs', 'mail']), undefined, 'both are words of it');
});

t.test('what a Dockerfile copies', async (t) => {
  const { sources, unknown } = readCopies(`FROM node:22 AS build
COPY --chown=node package*.json \\
  ./
# COPY nothing .
COPY ["a folder", "b", "/app/"]
COPY --from=build /x /y
ADD https://example.com/x.tar /x
COPY <<EOF /etc/x
EOF
RUN --mount=type=bind,source=go.sum,target=go.sum --mount=type=cache,target=/c make
RUN --mount=target=. make
copy src/ src/
`);
  t.strictSame(sources, ['package*.json', 'a folder', 'b', 'go.sum', '.', 'src/']);
  t.notOk(unknown);
  t.match(readCopies('COPY services/${NAME} .\n'), { sources: [], unknown: true });
});

t.test('the paths of a service', async (t) => {
  const paths = async (texts: Texts) =>
    Object.fromEntries((await find(texts)).services.map(({ name, paths: { list, doubt } }) => [name, [list, doubt]]));
  const whole = 'FROM x\nCOPY top.txt .\nCOPY . .\n';
  const two = { 'services/a/Dockerfile': whole, 'services/b/Dockerfile': 'FROM x\nCOPY . .\n', 'top.txt': '' };
  t.match(
    await paths(two),
    {
      a: [['services/a'], { text: /^copies everything, and the paths of a are its folder alone/ }],
      b: [undefined, undefined],
    },
    'a build context of its own needs none; what is copied whole and not known is said',
  );
  const npm = {
    ...two,
    'package.json': '{"workspaces":{"packages":["services/*","libs/**","!libs/old/*"]}}',
    'package-lock.json': '{}',
    'services/a/package.json': '{"name":"a","dependencies":{"@x/one":"*","react":"19"}}',
    'libs/one/package.json': '{"name":"@x/one","peerDependencies":{"two":"*"}}',
    'libs/deep/two/package.json': '{"name":"two","dependencies":{"@x/one":"*","old":"*"}}',
    'libs/old/three/package.json': '{"name":"old"}',
  };
  t.strictSame((await paths(npm))['a']?.[0], [
    'services/a',
    'libs/one',
    'libs/deep/two',
    'package-lock.json',
    'package.json',
  ]);
  const go = {
    ...two,
    'go.work': 'go 1.23\nuse ./services/a\n',
    'services/a/go.mod': 'module example.com/a\n\nreplace example.com/lib => ../../lib\n',
    'services/a/cmd/main.go': 'package main\n\nimport store "example.com/lib/store"\nimport "fmt"\n',
    'lib/go.mod': 'module "example.com/lib"\n',
    'lib/store/store.go': 'package store\n\nimport (\n\t_ "example.com/lib/sql"\n\t_ "example.com/other"\n)\n',
  };
  t.strictSame((await paths(go))['a'], [['services/a', 'lib', 'go.work'], undefined], 'a module beside it, as a whole');
  const beside = {
    ...two,
    'go.mod': 'module example.com/all\n',
    'services/a/main.go': 'package main\n\nimport "example.com/all/services/common/log"\n',
    'services/common/log/log.go': 'package log\n',
  };
  t.strictSame((await paths(beside))['a']?.[0], ['services/a', 'services/common', 'go.mod']);
  const top = { Dockerfile: whole, ...two, 'services/a/Dockerfile': 'FROM x\nCOPY top.txt services/a/*.js ./\n' };
  t.match(await paths({ ...top, 'services/a/x.js': '' }), { shop: [['.']], a: [['services/a', 'top.txt']] });
});

t.test('a setup config: what it continues with, and for which paths', async (t) => {
  const read = (text: string) => {
    const parsed = parseYaml(text, '.circleci/config.yml', 'test');
    return parsed.ok ? readContinuation(parsed.value) : undefined;
  };
  const job = (name: string, values: string) => `workflows: { w: { jobs: [{ ${name}: { ${values} } }] } }`;
  t.match(read(job('path-filtering/filter', '')), { file: '.circleci/continue_config.yml', mapping: [] });
  t.match(read(job('c/continue', 'configuration_path: ./ci/next.yml')), { file: 'ci/next.yml' });
  t.equal(read(job('node/test', '')), undefined);
  const lines = [
    '^api/.* run-api true',
    'lib\\.v2/.+ run-api true',
    '(a|b)/.* run-api true',
    'go.mod all true',
    'web run-web 1',
  ];
  const found = read(job('pf/filter', `mapping: ${JSON.stringify(lines.join('\n'))}`));
  if (found === undefined) throw new Error('not read');
  t.strictSame(pathsOfMapping(found, 'api', ['api', 'web']), ['api', 'lib.v2', 'go.mod']);
  t.strictSame(pathsOfMapping(found, 'web', ['api', 'web']), ['go.mod', 'web']);
});

t.test('what services do not share, each has of its own', async (t) => {
  const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
  const facts = await find({
    'services/api/Dockerfile': 'FROM node:22\n',
    'services/web/Dockerfile': 'FROM --platform=linux/amd64 acme/base\n',
    'services/jobs/Dockerfile': 'FROM node:22\n',
    'services/api/k8s/staging/x.yaml': deployment('backend', `${ecr}/backend`, ', namespace: api'),
    'services/api/k8s/production/x.yaml': deployment('backend', `${ecr}/backend`, ', namespace: api'),
    'k8s/staging/web.yaml': deployment('web', 'ghcr.io/acme/web', ', namespace: web'),
    'k8s/staging/postgres.yaml': deployment('postgres', 'postgres:17', ', namespace: web'),
    'charts/all/Chart.yaml': 'name: all\n',
    'charts/all/values.yaml': `jobs: { image: { repository: ${ecr}/shop-jobs } }\n`,
    'charts/all/templates/jobs.yaml': 'kind: Deployment\nmetadata:\n  name: shop-jobs\n',
  });
  const { text, missing } = renderSpec(makeDraft(facts, NO_ANSWERS));
  const service = (name: string) => text.slice(text.indexOf(`\n  ${name}:\n`) + 1).split(/\n {2}(?=\w)/)[0] ?? '';
  t.match(service('api'), /repository: 1.*\/backend/, 'by the folder of its manifests');
  t.match(service('api'), /workloads: \[deployment\/backend\]/);
  t.match(service('web'), /repository: ghcr\.io\/acme\/web\n/);
  t.match(service('web'), /context: shop-registry/, 'ghcr.io takes no role');
  t.match(service('web'), 'kubeconfig: STAGING_KUBECONFIG');
  t.notMatch(service('web'), 'postgres');
  t.match(service('jobs'), /shop-jobs[\s\S]*workloads: \[deployment\/shop-jobs\]/, 'from the chart of all');
  t.match(service('jobs'), /namespace: FILL IN/, 'the namespaces of the others are theirs');
  t.ok(missing.some(({ key }) => key === 'services.jobs.defaults.kubernetes.namespace'));
});

t.test('one repository for two services is filled in once', async (t) => {
  const image = 'ghcr.io/acme/all';
  const facts = await find({
    'services/api/Dockerfile': NODE,
    'services/web/Dockerfile': NODE,
    'k8s/x.yaml': `${deployment('api', `${image}:api`)}---\n${deployment('web', `${image}:web`)}`,
  });
  const { text } = renderSpec(makeDraft(facts, NO_ANSWERS));
  t.match(text, `repository: ${image} }`);
  t.match(text, `repository: FILL IN`);
  t.match(text, `a repository of its own: ${image} is that of api`);
});

t.test('the migration of a service', async (t) => {
  const npm = (name: string, needs: string) => `{"name":"${name}","dependencies":{${needs}}}`;
  const texts = {
    'package.json': '{"workspaces":["*/*"]}',
    'services/a/Dockerfile': 'FROM x\nCOPY . .\nRUN pnpm --filter a build\n',
    'services/a/package.json': npm('a', '"db":"*"'),
    'services/a/alembic.ini': '',
    'services/a/tools/migrate.js': '',
    'services/b/Dockerfile': 'FROM x\nCOPY package.json .\nCOPY . .\nCMD ["node", "services/b/main.js"]\n',
    'services/b/package.json': npm('b', '"db":"*"'),
    'packages/db/package.json': npm('db', '"prisma":"6"'),
  };
  const told = async (more: Texts) => {
    const facts = await find({ ...texts, ...more });
    const draft = makeDraft(facts, NO_ANSWERS);
    const tools = draft.parts.map(({ environments }) => environments[0]?.migration?.tool);
    const cautions = describeCautions(facts, draft).flatMap(({ text }) => (text.includes('migration') ? [text] : []));
    return { tools, cautions };
  };
  t.strictSame(await told({}), {
    tools: ['Alembic', undefined],
    cautions: ['Prisma is of no service alone: give one of them the migration'],
  });
  const { tools } = await told({ 'services/a/package.json': npm('a', '') });
  t.strictSame(tools, ['Alembic', 'Prisma'], 'what one service alone is made with is its own');
});

t.test('answers about services', async (t) => {
  const facts = await find({ 'api/Dockerfile': NODE, 'web/Dockerfile': NODE });
  const check = (services: readonly string[] | undefined, repository: { all?: string; by?: Texts }) =>
    checkServiceAnswers(facts, {
      ...NO_ANSWERS,
      ...(services === undefined ? {} : { services }),
      repository: { ...repository, by: repository.by ?? {} },
    });
  t.equal(check(undefined, {}), undefined);
  t.match(check(['api', 'mail'], {}), '--services: there is no service "mail". expected some of api, web');
  t.match(check(undefined, { all: 'ghcr.io/a/b' }), 'expected api=HOST/PATH,web=HOST/PATH');
  t.equal(check(['api'], { all: 'ghcr.io/a/b' }), undefined, 'one is the only image');
  t.match(check(['api'], { by: { web: 'ghcr.io/a/b' } }), '--repository: there is no service "web"');
  const only = renderSpec(makeDraft(facts, { ...NO_ANSWERS, services: ['web'] })).text;
  t.match(only, /image:\n {2}repository: FILL IN[\s\S]*dockerfile: web\/Dockerfile\n {2}path: web/);
  t.notMatch(only, 'services:');
});
