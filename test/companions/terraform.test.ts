import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { attributes, json, renderHcl } from '../../src/companions/hcl.js';
import { standIn } from '../../src/companions/unknown.js';
import { companionCases, companionsWorld } from '../support/companions.js';
import { readTree } from '../support/golden-tree.js';

/*
 * With `terraform` on the PATH it says whether the language is right; with TERRAFORM_PLUGINS, a folder of providers, the
 * AWS provider says whether the resources are.
 */

const { TERRAFORM_PLUGINS = '' } = process.env;
t.setTimeout(600_000);
const terraform = (folder: string, ...args: readonly string[]) =>
  spawnSync('terraform', [...args, '-no-color'], { cwd: folder, encoding: 'utf8' });
const there = spawnSync('terraform', ['-version']).error === undefined;

t.test('text is text, whatever it holds', async (t) => {
  const text = 'a "b" \\c ${d} %{e} $${f} $g \n';
  t.equal(renderHcl(attributes({ text })), 'text = "a \\"b\\" \\\\c $${d} %%{e} $$${f} $g \\n"');
  t.equal(
    renderHcl([json('a', { [`b ${standIn('project_id')}`]: 1 })]),
    'a = jsonencode({\n  "b ${var.project_id}" = 1\n})',
  );
  t.equal(renderHcl(attributes({ id: standIn('project_id') })), 'id = var.project_id');
  t.equal(
    renderHcl([json('a', { b: [], c: {}, d: [true, null] })]),
    'a = jsonencode({\n  b = []\n  c = {}\n  d = [\n    true,\n    null,\n  ]\n})',
  );
  if (!there) return t.comment('terraform is not on this machine');
  const console = spawnSync('terraform', ['console'], {
    cwd: t.testdir(),
    input: renderHcl(attributes({ text })).slice('text = '.length),
    encoding: 'utf8',
  });
  t.match(console.stdout, text.trimEnd(), 'terraform reads the same');
});

t.test('brackets, without which nothing can be read', async (t) => {
  for (const { name } of companionCases()) {
    const files = Object.entries(readTree(`test/golden/companions/${name}/terraform`));
    for (const [path, text] of files.filter(([one]) => one.endsWith('.tf'))) {
      const open: string[] = [];
      const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/^#.*$/gm, '');
      for (const character of bare) {
        if ('{[('.includes(character)) open.push(character);
        if ('}])'.includes(character)) t.equal('{[('.indexOf(open.pop() ?? ''), '}])'.indexOf(character));
      }
      t.strictSame(open, [], `${name}/${path}`);
    }
  }
});

t.test('terraform takes it', { skip: there ? false : 'needs terraform' }, async (t) => {
  // One folder for all, so that the provider is looked for once.
  const folder = t.testdir();
  const put = (text: string) => writeFileSync(join(folder, 'main.tf'), text);
  const modules = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).filter(([path]) => path.endsWith('.tf'));
  for (const { name, spec, args } of companionCases()) {
    for (const [path, text] of modules(readTree(`test/golden/companions/${name}/terraform`))) {
      put(text);
      t.match(terraform(folder, 'fmt', '-check', '-diff'), { status: 0, stdout: '' }, `${name}/${path} is formatted`);
    }
    if (TERRAFORM_PLUGINS === '') continue;
    const world = companionsWorld(t, spec);
    // The provider at hand may be too old for exclusion filters.
    t.match(await world.run('--format', 'terraform', '--exclusion-filters=', ...args), { code: 0 });
    for (const [path, text] of modules(world.files())) {
      put(text);
      if (!existsSync(join(folder, '.terraform')))
        t.match(terraform(folder, 'init', `-plugin-dir=${TERRAFORM_PLUGINS}`), { status: 0 });
      t.match(terraform(folder, 'validate'), { status: 0, stdout: /The configuration is valid/ }, `${name}/${path}`);
    }
  }
  if (TERRAFORM_PLUGINS === '') t.comment('set TERRAFORM_PLUGINS to validate with the AWS provider');
});

const { AWS_ENDPOINT_URL } = process.env;
const missing = there && TERRAFORM_PLUGINS && AWS_ENDPOINT_URL ? false : 'needs TERRAFORM_PLUGINS and AWS_ENDPOINT_URL';

t.test('what it makes is what the JSON says', { skip: missing }, async (t) => {
  const id = randomBytes(4).toString('hex');
  const world = companionsWorld(
    t,
    `version: 1
image: { repository: 123456789012.dkr.ecr.us-east-1.amazonaws.com/e2e/${id}, role: "arn:aws:iam::123456789012:role/ci/push-${id}" }
environments:
  staging:
    branch: 'main-\${x}'
    role: arn:aws:iam::123456789012:role/staging-${id}
    kubernetes: { kubeconfig: K, namespace: shop, workloads: [deployment/web] }
`,
  );
  // An organization of its own, since an account has its provider once.
  const organization = `${id}-0000-0000-0000-000000000000`;
  const ids = ['--organization-id', organization, '--project-id', '66666666-7777-8888-9999-000000000000'];
  t.match(await world.run(...ids), { code: 0 });
  t.match(await world.run('--format', 'terraform'), { code: 0 });
  const folder = join(world.folder, 'aws/123456789012');
  t.match(terraform(folder, 'init', `-plugin-dir=${TERRAFORM_PLUGINS}`), { status: 0 });
  t.match(terraform(folder, 'apply', '-auto-approve'), { status: 0, stderr: '' });
  t.teardown(() => terraform(folder, 'destroy', '-auto-approve'));
  interface Resource {
    readonly type: string;
    readonly name: string;
    readonly values: Readonly<Record<string, string>>;
  }
  const state = JSON.parse(terraform(folder, 'show', '-json').stdout.replace(/^[^{]*/, ''));
  const resources: readonly Resource[] = state.values.root_module.resources;
  const json = (path: string) => JSON.parse(world.files()[`aws/123456789012/${path}.json`] ?? '');
  const policyOf = (type: string, key: string) =>
    JSON.parse(resources.find((one) => one.type === type && one.name.endsWith(id))?.values[key] ?? '');
  t.strictSame(policyOf('aws_ecr_lifecycle_policy', 'policy'), json(`ecr/e2e/${id}.lifecycle`));
  for (const { name, type, values } of resources) {
    if (type === 'aws_iam_role')
      t.strictSame(JSON.parse(values['assume_role_policy'] ?? ''), json(`iam/${name}.trust`));
    if (type === 'aws_iam_role_policy') t.strictSame(JSON.parse(values['policy'] ?? ''), json(`iam/${name}.policy`));
  }
  t.match(resources.map(({ type }) => type).sort(), [
    'aws_ecr_lifecycle_policy',
    'aws_ecr_repository',
    'aws_iam_openid_connect_provider',
    ...['aws_iam_role', 'aws_iam_role', 'aws_iam_role_policy', 'aws_iam_role_policy'],
  ]);
  t.match(terraform(folder, 'plan', '-detailed-exitcode'), { status: 0 }, 'applied again, it changes nothing');
});
