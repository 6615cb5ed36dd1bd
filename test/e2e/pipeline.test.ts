import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { load, loadAll } from 'js-yaml';
import t, { type Test } from 'tap';
import { VERSION } from '../../src/version.js';
import { mappingOf } from '../../src/yaml/mapping.js';
import { type JobRun, jobRunner } from '../support/job-runner.js';
import { packPackage, serveNpm } from '../support/npm-registry.js';
import { processConfig } from '../support/process-config.js';
import { builderThatTrustsTheLab } from './builder.js';
import { prepareNodeImage } from './prepare-node-image.js';

/**
 * The way of examples/shop from a spec to a digest in production: the config is generated, compiled, and the run steps
 * of its jobs are run as they are, against BuildKit, ECR (its API, its login, TLS), Kubernetes and PostgreSQL.
 */

const execute = promisify(execFile);
const NEEDED = [
  'LAB_ECR',
  'LAB_REGISTRY',
  'LAB_DEPLOYER_KUBECONFIG',
  'LAB_POSTGRES',
  'LAB_POSTGRES_FROM_POD',
  'AWS_ENDPOINT_URL',
];
const missing = NEEDED.filter((name) => !process.env[name]);
const lab = (name: string) => process.env[name] ?? '';
const ACCOUNT = lab('LAB_ECR').split('.')[0] ?? '';

const kubectl = async (...args: readonly string[]): Promise<string> => (await execute('kubectl', args)).stdout;
const psql = async (url: string, sql: string): Promise<string> =>
  (await execute('psql', ['-AtX', '-c', sql, url])).stdout.trim();

t.test(
  'examples/shop, from its spec to production',
  { skip: missing.length > 0 ? `needs ${missing.join(', ')}` : false, timeout: 1_800_000 },
  async (t) => {
    const id = randomBytes(4).toString('hex');
    const shop = await makeShop(t, id);
    const cluster = {
      staging: await makeEnvironment(t, shop, 'staging'),
      production: await makeEnvironment(t, shop, 'production'),
    };

    t.comment('--- generate');
    await execute('node', ['dist/gen-config.cjs', '--directory', shop.folder]);
    const commit = await commitAll(shop);
    const config = mappingOf(load(await readFile(join(shop.folder, '.circleci/config.yml'), 'utf8')));
    const { processed, problems } = processConfig(config, { values: { 'pipeline.project.slug': 'gh/acme/shop' } });
    t.strictSame(problems, [], 'the config compiles');
    const order = processed.workflows['deliver']?.jobs.map(({ name }) => name);
    t.strictSame(order, [
      'unit',
      'build-amd64',
      'build-arm64',
      'publish',
      'deploy-staging',
      'request_prod',
      'deploy-production',
    ]);

    const tools = await makeTools(t);
    const runner = await jobRunner({
      repository: shop.folder,
      env: {
        ...tools.env,
        CIRCLECI: 'true',
        CIRCLE_SHA1: commit,
        CIRCLE_BRANCH: 'main',
        CIRCLE_OIDC_TOKEN_V2: 'header.e30.signature',
      },
    });
    t.teardown(() => runner.close());
    const runs: JobRun[] = [];
    const job = async (name: string, of = commit, more: Readonly<Record<string, string>> = {}): Promise<JobRun> => {
      // The docker program and its daemon are for the jobs that build: what deploys could not build if it wanted to.
      const environment = name.startsWith('deploy-')
        ? (name.slice('deploy-'.length) as 'staging' | 'production')
        : undefined;
      const context =
        environment !== undefined
          ? { SHOP_KUBECONFIG: cluster[environment].kubeconfig }
          : name === 'unit'
            ? tools.npm
            : tools.docker;
      const run = await runner.run(name, mappingOf(processed.jobs[name]), { ...context, ...more, CIRCLE_SHA1: of });
      for (const step of run.steps) {
        t.comment(`--- ${name}: ${step.name} (${(step.milliseconds / 1000).toFixed(1)} s, exit ${step.exitCode})`);
        for (const line of step.output.trimEnd().split('\n')) t.comment(line);
      }
      runs.push(run);
      return run;
    };
    /** The jobs of a pipeline, one after the other, all of which must end well. */
    const jobs = async (names: readonly string[], of = commit) => {
      for (const name of names) t.ok((await job(name, of)).ok, `${name} of ${of}`);
    };
    const outputOf = (run: JobRun, step: string) => run.steps.find(({ name }) => name === step)?.output ?? '';

    t.ok((await job('unit')).ok, "the project's own tests pass");
    t.ok((await job('build-amd64')).ok, 'amd64 is built');
    t.ok((await job('build-arm64')).ok, 'arm64 is built');
    t.strictSame(await tagsOf(shop), [], 'nothing has a tag before every platform is there');
    t.ok((await job('publish')).ok, 'the image is published');
    t.strictSame(await tagsOf(shop), [commit], 'under the commit SHA alone');
    const digest = await digestOf(shop, commit);
    await pullToNode(shop, digest);

    const early = await job('deploy-production');
    t.notOk(early.ok, 'production refuses before staging has passed');
    t.equal(early.steps.at(-1)?.name, 'Verify image', 'before anything is changed');
    t.match(early.steps.at(-1)?.output, `staging has not passed commit ${commit}`);
    t.match(await imagesOf(cluster.production), [/:unreleased$/, /:unreleased$/], 'production is as it was');

    const staging = await job('deploy-staging');
    t.ok(staging.ok, 'staging is deployed');
    const migrated = outputOf(staging, 'Run migration').match(/^applied \d+_\w+\.sql/gm);
    t.strictSame(
      migrated,
      ['applied 001_products.sql', 'applied 002_orders.sql', 'applied 003_order_status.sql'],
      "the migration's log, in order",
    );
    t.match(
      await versionOf(cluster.staging),
      { version: `9.9.${Number.parseInt(id, 16)}` },
      'staging serves the new version',
    );
    t.strictSame(await imagesOf(cluster.staging), [`${shop.repository}@${digest}`, `${shop.repository}@${digest}`]);

    t.comment('--- request_prod: approved');
    const production = await job('deploy-production');
    t.ok(production.ok, 'production is deployed after the approval');
    t.match(outputOf(production, 'Run migration'), /^applied 003_order_status\.sql/m);
    t.match(await versionOf(cluster.production), { version: `9.9.${Number.parseInt(id, 16)}` });
    t.strictSame(
      await imagesOf(cluster.production),
      await imagesOf(cluster.staging),
      'production runs what staging runs',
    );
    const running = await Promise.all([cluster.staging, cluster.production].map(imageIdsOf));
    t.strictSame(running[0], running[1], 'and so do its containers, by the image that the node runs');
    const passed = [`production.${commit}`, `staging.${commit}`];
    t.strictSame((await tagsOf(shop)).sort(), [commit, ...passed, ...passed.map((tag) => `${tag}.record`)].sort());
    const manifests = await Promise.all(
      [commit, `staging.${commit}`, `production.${commit}`].map((tag) => manifestOf(shop, tag)),
    );
    t.ok(
      manifests.every((manifest) => manifest === manifests[0]),
      'one manifest under all three tags, byte for byte',
    );

    const before = await stateOf(shop, cluster);
    const all = ['build-amd64', 'build-arm64', 'publish', 'deploy-staging', 'deploy-production'];
    await jobs(all);
    t.strictSame(await stateOf(shop, cluster), before, 'and nothing has changed');
    t.comment('--- a second commit reaches production, then the first one is approved');
    await writeFile(join(shop.folder, 'README.md'), 'another commit\n');
    const second = await commitAll(shop);
    await jobs(all.slice(0, 3), second);
    await pullToNode(shop, await digestOf(shop, second));
    await jobs(all.slice(3), second);
    const after = await stateOf(shop, cluster);
    t.not(await digestOf(shop, second), digest);
    for (const environment of ['staging', 'production']) {
      const late = await job(`deploy-${environment}`);
      t.notOk(late.ok, `${environment} refuses`);
      t.equal(late.steps.at(-1)?.name, 'Verify image', 'before a migration has begun');
      t.match(
        late.steps.at(-1)?.output,
        `${environment} runs a newer commit than ${commit}: deployment/web runs ${second}`,
      );
    }
    t.strictSame(await stateOf(shop, cluster), after, 'and nothing has changed');

    /** A commit that is published; its digest. */
    const release = async (of: string) => {
      await jobs(all.slice(0, 3), of);
      const made = await digestOf(shop, of);
      await pullToNode(shop, made);
      return made;
    };
    /** What a commit that staging has not passed must have left alone. */
    const notPassed = async (of: string) => {
      t.notOk((await tagsOf(shop)).includes(`staging.${of}`), 'it has not passed staging');
      const refused = await job('deploy-production', of);
      t.notOk(refused.ok, 'so production refuses it');
      t.match(refused.steps.at(-1)?.output, `staging has not passed commit ${of}`);
    };
    t.comment('--- a third commit has a migration that fails');
    await writeFile(join(shop.folder, 'migrations/004_broken.sql'), 'ALTER TABLE nowhere ADD COLUMN x integer;\n');
    const third = await commitAll(shop);
    await release(third);
    const broken = await job('deploy-staging', third);
    t.notOk(broken.ok, 'staging is red');
    t.equal(broken.steps.at(-1)?.name, 'Run migration', 'before anything is deployed');
    t.match(
      broken.steps.at(-1)?.output,
      /relation "nowhere" does not exist[\s\S]*migration failed: container "web" exited with code 1$/m,
    );
    t.strictSame((await stateOf(shop, cluster)).environments[0]?.deployments, after.environments[0]?.deployments);
    await notPassed(third);

    t.comment('--- a fourth one crashes when it starts');
    await rm(join(shop.folder, 'migrations/004_broken.sql'));
    const server = join(shop.folder, 'src/server.js');
    await writeFile(server, `throw new Error('the fourth one crashes');\n${await readFile(server, 'utf8')}`);
    const fourth = await commitAll(shop);
    await release(fourth);
    const crashed = await job('deploy-staging', fourth);
    t.notOk(crashed.ok, 'staging is red');
    t.equal(crashed.steps.at(-1)?.name, 'Deploy');
    t.match(
      crashed.steps.at(-1)?.output,
      /^build-once deploy: deployment\/web failed: container "web" of Pod \S+ exited with code 1, 3 times in a row$/m,
    );
    await notPassed(fourth);

    t.comment('--- staging goes back to the second');
    const back = await job('deploy-staging', second, { ROLLBACK_TO: second });
    t.ok(back.ok, 'it runs again');
    t.strictSame(
      new Set(await imagesOf(cluster.staging)),
      new Set([`${shop.repository}@${await digestOf(shop, second)}`]),
    );
    t.notMatch(JSON.stringify(runs), /auth-token|lab-deployer/, 'no secret is in any log');

    t.comment('--- how long the steps of the way to production took');
    for (const { job: name, steps } of runs.slice(0, 7)) {
      for (const step of steps)
        t.comment(`${name.padEnd(18)} ${step.name.padEnd(22)} ${(step.milliseconds / 1000).toFixed(1).padStart(6)} s`);
    }
  },
);

interface Shop {
  readonly id: string;
  readonly folder: string;
  /** `host/path` in the lab's ECR. */
  readonly repository: string;
}

/** The example as a git repository of its own, its spec pointed at the lab. */
async function makeShop(t: Test, id: string): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await cp('examples/shop', folder, {
    recursive: true,
    filter: (path) => !/node_modules|reports|\.circleci\/config\.yml/.test(path),
  });
  const repository = `${lab('LAB_ECR')}/e2e-${id}/shop`;
  const spec = await readFile(join(folder, '.circleci/build-once.yml'), 'utf8');
  const pointed = spec
    .replaceAll(/^( +repository: ).*$/gm, `$1${repository}`)
    .replaceAll(/eks: \w+, region: [\w-]+/g, 'kubeconfig: SHOP_KUBECONFIG')
    // One cluster stands for both, so each environment has a namespace of its own and its own deployer.
    .replaceAll(/namespace: shop-/g, `namespace: e2e-${id}-`);
  await writeFile(join(folder, '.circleci/build-once.yml'), pointed);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, version: `9.9.${Number.parseInt(id, 16)}` }, null, 2),
  );
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  lock.version = lock.packages[''].version = `9.9.${Number.parseInt(id, 16)}`;
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock, null, 2));
  await execute('git', ['init', '-q', '-b', 'main'], { cwd: folder });
  return { id, folder, repository };
}

/** Commits all that there is; the commit. */
async function commitAll({ folder }: Shop): Promise<string> {
  const git = async (...args: readonly string[]) => (await execute('git', args, { cwd: folder })).stdout.trim();
  await git('add', '.');
  await git('-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', 'commit', '-qm', 'shop');
  return git('rev-parse', 'HEAD');
}

interface Environment {
  readonly namespace: string;
  /** In base64, as a context would hold it. */
  readonly kubeconfig: string;
  readonly database: string;
}

/** A namespace with the example's manifests, its database and a deployer with the rights that gen-config companions gives. */
async function makeEnvironment(t: Test, shop: Shop, name: string): Promise<Environment> {
  const namespace = `e2e-${shop.id}-${name}`;
  const database = `e2e_${shop.id}_${name}`;
  await psql(lab('LAB_POSTGRES'), `CREATE DATABASE ${database}`);
  await kubectl('create', 'namespace', namespace);
  t.teardown(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
    await psql(lab('LAB_POSTGRES'), `DROP DATABASE ${database} WITH (FORCE)`);
  });
  const url = lab('LAB_POSTGRES_FROM_POD').replace(/\/[^/]*$/, `/${database}`);
  await kubectl('-n', namespace, 'create', 'secret', 'generic', 'shop-database', `--from-literal=url=${url}`);
  const companions = join(shop.folder, '.circleci/companions');
  await execute(process.execPath, [resolve('dist/gen-config.cjs'), 'companions', '--group', 'deployers'], {
    cwd: shop.folder,
  });
  const objects = loadAll(await readFile(join(companions, `kubernetes/deploy-${name}.yaml`), 'utf8'));
  await rm(companions, { recursive: true });
  for (const file of ['web.yaml', 'worker.yaml']) {
    const text = await readFile(join(shop.folder, 'k8s', name, file), 'utf8');
    objects.push(
      ...loadAll(
        text
          .replaceAll(`shop-${name}`, namespace)
          .replaceAll(/image: .*:unreleased/g, `image: ${shop.repository}:unreleased`),
      ),
    );
  }
  const list = join(shop.folder, '..', `${namespace}.json`);
  await writeFile(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await kubectl('-n', namespace, 'apply', '-f', list);
  await rm(list);
  const kubeconfig = (await readFile(lab('LAB_DEPLOYER_KUBECONFIG'))).toString('base64');
  return { namespace, kubeconfig, database };
}

/** What a job finds on its machine: node, npm with a registry that has this package, and, for builds, docker. */
async function makeTools(t: Test) {
  const mirror = await prepareNodeImage();
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const registry = await serveNpm({ name: 'gen-config', version: VERSION, tarball: await packPackage(folder) });
  t.teardown(() => registry.close());
  const kept = ['PATH', 'AWS_ENDPOINT_URL', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
  return {
    env: { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), NPM_CONFIG_REGISTRY: registry.url },
    // The project's own tests install what they need from the registry that this machine uses.
    npm: { NPM_CONFIG_REGISTRY: (await execute('npm', ['config', 'get', 'registry'])).stdout.trim() },
    docker: { ...(await builderThatTrustsTheLab(t, mirror)), DOCKER_HOST: lab('DOCKER_HOST') },
  };
}

const login = () => `Basic ${Buffer.from(`AWS:${ACCOUNT}-auth-token`).toString('base64')}`;

async function registryGet({ repository }: Shop, path: string): Promise<Response> {
  const [host = '', ...rest] = repository.split('/');
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  return fetch(`https://${host}/v2/${rest.join('/')}/${path}`, { headers: { authorization: login(), accept } });
}

async function tagsOf(shop: Shop): Promise<string[]> {
  const answer = await registryGet(shop, 'tags/list');
  if (answer.status === 404) return [];
  return ((await answer.json()) as { readonly tags: string[] | null }).tags ?? [];
}

const digestOf = async (shop: Shop, tag: string) =>
  (await registryGet(shop, `manifests/${tag}`)).headers.get('docker-content-digest') ?? '';

const manifestOf = async (shop: Shop, tag: string) => (await registryGet(shop, `manifests/${tag}`)).text();

/**
 * A node in EKS has a login for ECR; the lab's kubelet has not. So the image is pulled to the node with that login, by
 * digest, as the kubelet would.
 */
async function pullToNode({ repository }: Shop, digest: string): Promise<void> {
  const socket = join(dirname(lab('KUBECONFIG')), 'containerd.sock');
  const ca = lab('SSL_CERT_FILE');
  const args = [
    '-a',
    socket,
    '-n',
    'k8s.io',
    'images',
    'pull',
    '--tlscacert',
    ca,
    '--user',
    `AWS:${ACCOUNT}-auth-token`,
  ];
  await execute('ctr', [...args, `${repository}@${digest}`]);
}

async function imagesOf({ namespace }: Environment): Promise<string[]> {
  const path = '-o=jsonpath={.items[*].spec.template.spec.containers[*].image}';
  return (await kubectl('-n', namespace, 'get', 'deployments', path)).split(' ');
}

/** The images that the node says its running containers are of. */
async function imageIdsOf({ namespace }: Environment): Promise<string[]> {
  const path = '-o=jsonpath={.items[*].status.containerStatuses[*].imageID}';
  const out = await kubectl(
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/name=shop',
    '--field-selector=status.phase=Running',
    path,
  );
  return [...new Set(out.split(' '))].sort();
}

async function versionOf({ namespace }: Environment): Promise<unknown> {
  const path = '-o=jsonpath={.items[0].status.podIP}';
  const ip = await kubectl(
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/component=web',
    '--field-selector=status.phase=Running',
    path,
  );
  return (await fetch(`http://${ip}:8080/version`)).json();
}

/** Everything that a second run must leave as it is. */
async function stateOf(shop: Shop, cluster: Readonly<Record<string, Environment>>) {
  const tags = (await tagsOf(shop)).sort();
  const digests = await Promise.all(tags.map((tag) => digestOf(shop, tag)));
  const environments = await Promise.all(
    Object.values(cluster).map(async ({ namespace, database }) => {
      const kind =
        '-o=jsonpath={range .items[*]}{.metadata.name} {.metadata.generation} {.metadata.uid} {.spec.template.metadata.annotations}{"\\n"}{end}';
      const url = lab('LAB_POSTGRES').replace(/\/[^/]*$/, `/${database}`);
      return {
        deployments: await kubectl('-n', namespace, 'get', 'deployments', kind),
        jobs: await kubectl('-n', namespace, 'get', 'jobs', kind),
        migrations: await psql(url, 'SELECT * FROM schema_migrations ORDER BY 1'),
      };
    }),
  );
  return { tags, digests, environments };
}
