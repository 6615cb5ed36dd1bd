import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CreateRepositoryCommand, ECRClient, PutLifecyclePolicyCommand } from '@aws-sdk/client-ecr';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { companionCases, companionsWorld } from '../support/companions.js';
import { testIo } from '../support/test-io.js';

/** What `gen-config companions` writes, given to a cluster and to the API of AWS. */

const execute = promisify(execFile);
const { KUBECONFIG, AWS_ENDPOINT_URL, LAB_ECR = '' } = process.env;
const id = randomBytes(4).toString('hex');

const kubectl = async (...args: readonly string[]) => (await execute('kubectl', args)).stdout.trim();

/** A namespace; `shop` in the spec stands for it. */
async function makeNamespace(t: Test): Promise<string> {
  const name = `companions-e2e-${id}-${randomBytes(3).toString('hex')}`;
  await kubectl('create', 'namespace', name);
  t.teardown(() => kubectl('delete', 'namespace', name, '--wait=false'));
  return name;
}

t.test('a cluster takes every manifest', { skip: KUBECONFIG ? false : 'needs KUBECONFIG' }, async (t) => {
  const namespace = await makeNamespace(t);
  for (const { name, spec, args } of companionCases()) {
    const world = companionsWorld(t, spec);
    t.equal((await world.run(...args)).code, 0);
    const manifests = Object.entries(world.files()).filter(([path]) => path.endsWith('.yaml'));
    t.ok(manifests.length > 0);
    for (const [path, text] of manifests) {
      const file = join(world.top, 'here', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text.replaceAll(/^( +namespace: ).*$/gm, `$1${namespace}`));
      const said = await kubectl('apply', '--server-side', '--dry-run=server', '-f', file);
      t.match(said, /role\.rbac\.authorization\.k8s\.io\/\S+ serverside-applied \(server dry run\)/, `${name}/${path}`);
    }
  }
});

t.test('the ServiceAccount may do what its jobs do', { skip: KUBECONFIG ? false : 'needs KUBECONFIG' }, async (t) => {
  const namespace = await makeNamespace(t);
  const spec = companionCases().find(({ name }) => name === 'ghcr-kubeconfig')?.spec ?? '';
  const world = companionsWorld(t, spec.replace('namespace: shop-staging', `namespace: ${namespace}`));
  await world.run();
  // The commands of README.md, as they stand there.
  const commands = [...(world.files()['README.md'] ?? '').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text);
  const done = spawnSync('bash', ['-e', '-c', commands.join('')], { cwd: world.folder, encoding: 'utf8' });
  t.equal(done.status, 0, done.stderr);
  const token = done.stdout.trim().split('\n').at(-1) ?? '';
  const kubeconfig = join(world.top, 'kubeconfig');
  writeFileSync(kubeconfig, await kubectl('config', 'view', '--raw', '--minify'));
  await kubectl('--kubeconfig', kubeconfig, 'config', 'set-credentials', 'job', `--token=${token}`);
  await kubectl('--kubeconfig', kubeconfig, 'config', 'set-context', '--current', '--user=job');
  const may = async (...what: readonly string[]) => {
    const asked = await execute('kubectl', ['--kubeconfig', kubeconfig, 'auth', 'can-i', ...what]).catch((no) => no);
    return String(asked.stdout).trim();
  };
  for (const what of ['patch deployments.apps', 'create jobs.batch', 'get pods/log', 'list events'])
    t.equal(await may(...what.split(' '), '-n', namespace), 'yes', what);
  for (const what of [
    'delete deployments.apps',
    'get secrets',
    'create pods --subresource=exec',
    'create rolebindings',
  ])
    t.equal(await may(...what.split(' '), '-n', namespace), 'no', what);
  t.equal(await may('patch', 'deployments.apps', '-n', 'default'), 'no', 'nothing in another namespace');
});

t.test(
  'the repository is as ensure_repository wants it',
  { skip: AWS_ENDPOINT_URL && LAB_ECR ? false : 'needs AWS_ENDPOINT_URL and LAB_ECR' },
  async (t) => {
    const path = `e2e/${id}`;
    const spec = `version: 1
image: { repository: ${LAB_ECR}/${path}, tags: [branch], build: { cache: registry } }
environments:
  staging:
    branch: main
    kubernetes: { kubeconfig: K, namespace: shop, workloads: [deployment/web] }
`;
    const world = companionsWorld(t, spec);
    t.equal((await world.run()).code, 0);
    const [account = '', , , region = ''] = LAB_ECR.split('.');
    const file = (kind: string) => world.files()[`aws/${account}/ecr/${path}.${kind}.json`] ?? '';
    const client = new ECRClient({ region, endpoint: AWS_ENDPOINT_URL ?? '' });
    t.teardown(() => client.destroy());
    await client.send(new CreateRepositoryCommand(JSON.parse(file('create'))));
    await client.send(new PutLifecyclePolicyCommand({ repositoryName: path, lifecyclePolicyText: file('lifecycle') }));
    const io = testIo({ env: process.env });
    const args = ['--repository', `${LAB_ECR}/${path}`, '--exclusion-filters', 'main,buildcache-*'];
    t.equal(await runBuildOnce(['ensure-repository', ...args, '--environments', 'staging'], io), 0, io.err());
    t.match(io.out(), 'is there, with the settings asked for');
  },
);
