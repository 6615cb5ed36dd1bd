import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import t from 'tap';

/** Who may import whom, by folder of src; the arrows of docs/architecture.md. A folder may always import itself. */
const LEAVES = [
  'result.ts',
  'reference.ts',
  'workload.ts',
  'json.ts',
  'version.ts',
  'manual',
  'io',
  'diagnostic',
  'expressions',
];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['*'],
  'library.ts': ['circleci', 'delivery', 'diagnostic', 'spec', 'result.ts'],
  cli: ['*'],
  'result.ts': [],
  'reference.ts': [],
  'json.ts': [],
  'workload.ts': ['result.ts'],
  'version.ts': [],
  manual: [],
  expressions: ['result.ts'],
  io: ['result.ts'],
  diagnostic: [],
  yaml: ['diagnostic', 'result.ts'],
  spec: ['yaml', 'diagnostic', 'expressions', 'reference.ts', 'result.ts', 'workload.ts'],
  delivery: ['spec'],
  circleci: ['delivery', 'commands', 'yaml', ...LEAVES],
  commands: ['registry', 'kubernetes', 'aws', 'google', 'yaml', ...LEAVES],
  companions: ['delivery', 'aws', 'kubernetes', 'yaml', ...LEAVES],
  registry: ['io', 'json.ts', 'reference.ts', 'result.ts'],
  kubernetes: ['io', 'json.ts', 'reference.ts', 'result.ts', 'workload.ts'],
  aws: ['io', 'json.ts', 'reference.ts', 'result.ts'],
  google: ['io', 'json.ts', 'result.ts'],
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort();
const folderOf = (path: string) => path.split('/')[0] ?? '';
const importsOf = (path: string) =>
  [...readFileSync(join('src', path), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to = '']) =>
    relative('src', join('src', dirname(path), to)).replace(/\.js$/, '.ts'),
  );

t.test('imports go along the arrows', async (t) => {
  for (const path of files) {
    const allowed = ALLOWED[folderOf(path)];
    if (allowed === undefined) {
      t.fail(`${path}: its folder is not in the list`);
      continue;
    }
    const wrong = importsOf(path).filter(
      (to) => folderOf(to) !== folderOf(path) && !allowed.includes('*') && !allowed.includes(folderOf(to)),
    );
    t.strictSame(wrong, [], path);
  }
});

t.test('the generator takes nothing but declarations from the commands', async (t) => {
  const declared = /^commands\/(command|list|parameters|[\w-]+\/declaration)\.ts$/;
  for (const path of files.filter((one) => folderOf(one) === 'circleci')) {
    const taken = importsOf(path).filter((to) => folderOf(to) === 'commands');
    t.ok(
      taken.every((to) => declared.test(to)),
      `${path} takes ${taken.join(', ') || 'none'}`,
    );
  }
  const runs = files.filter((path) => /^commands\/[\w-]+\/declaration\.ts$/.test(path));
  for (const path of runs) {
    const text = readFileSync(join('src', path), 'utf8');
    t.match(text, "run: () => import('./run.js')", `${path} loads its run lazily`);
  }
});

t.test('the companions take nothing but values from the clients', async (t) => {
  const values = /^(aws\/(repository-settings|exclusion-filters)|kubernetes\/(permissions|rule))\.ts$/;
  for (const path of files.filter((one) => folderOf(one) === 'companions')) {
    const taken = importsOf(path).filter((to) => ['aws', 'kubernetes'].includes(folderOf(to)));
    t.ok(
      taken.every((to) => values.test(to)),
      `${path} takes ${taken.join(', ') || 'none'}`,
    );
  }
});

t.test('process is touched in one place, and nothing has a default export', async (t) => {
  for (const path of files) {
    const text = readFileSync(join('src', path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    // The install script is shell text that calls node.
    if (path !== 'io/process.ts' && path !== 'circleci/orb/install-script.ts')
      t.notMatch(text, /\bprocess\.(env|exit|argv|cwd|std)/, `${path} leaves process alone`);
    t.notMatch(text, /^export default/m, `${path} has named exports`);
  }
});

t.test('every module can be loaded, so that coverage counts all of them', async (t) => {
  for (const path of files.filter((one) => !one.endsWith('/main.ts'))) {
    const module: unknown = await import(`../src/${path.replace(/\.ts$/, '.js')}`);
    t.type(module, 'object', path);
  }
});
