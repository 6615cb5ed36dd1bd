import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runGenConfig } from '../../src/cli/run.js';
import { copyFixture, fixtureFile, fixtureShapes } from '../support/fixture-repository.js';
import { readText } from '../support/golden.js';
import { testIo } from '../support/test-io.js';

const SPEC = '.circleci/build-once.yml';
const BASE = '.circleci/base.yml';

/** A new folder each time: t.testdir is one per test. */
function scratch(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a fixture in a folder of its own name, since the name of the folder is part of what is written. */
function clone(t: Test, shape: string): string {
  return copyFixture(shape, join(scratch(t), shape));
}

async function run(cwd: string, args: readonly string[] = [], ask?: (question: string) => Promise<string | undefined>) {
  const io = testIo({ cwd, env: {} });
  const code = await runGenConfig(['init', ...args], ask === undefined ? io : { ...io, ask });
  return { code, out: io.out(), err: io.err() };
}

async function generate(cwd: string) {
  const io = testIo({ cwd });
  const code = await runGenConfig([], io);
  return { code, err: io.err() };
}

/** Compares with a file beside the fixture; UPDATE_GOLDEN=1 writes it first. */
function matchGolden(t: Test, shape: string, file: string, found: string | undefined): void {
  const path = fixtureFile(shape, file);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    if (found === undefined) rmSync(path, { force: true });
    else writeFileSync(path, found);
  }
  t.equal(found, readText(path), file);
}

for (const shape of fixtureShapes()) {
  t.test(`a repository of the shape ${shape}`, async (t) => {
    const folder = clone(t, shape);
    const dry = await run(folder, ['--dry-run']);
    t.notOk(existsSync(join(folder, SPEC)), '--dry-run writes nothing');
    const { code, out, err } = await run(folder);
    t.equal(out, '', 'standard output is for --dry-run');
    const spec = readText(join(folder, SPEC));
    const base = readText(join(folder, BASE));
    matchGolden(t, shape, 'expected.txt', `exit code ${code}\n${err.replaceAll(folder, '.')}`);
    matchGolden(t, shape, 'expected-spec.yml', spec);
    matchGolden(t, shape, 'expected-base.yml', base);
    t.equal(dry.out, spec ?? '', '--dry-run prints the spec that is written');
    t.equal(dry.err.replaceAll('would write', 'wrote'), err, 'and says the same');
    if (spec === undefined) {
      t.equal(code, 2);
      return;
    }
    t.equal(code, 0);
    if (err.includes('git mv')) {
      renameSync(join(folder, '.circleci/config.yml'), join(folder, '.circleci/config.before.yml'));
    }
    const generated = await generate(folder);
    const open = spec.split('\n').flatMap((line, index) => (line.includes('FILL IN') ? [index + 1] : []));
    if (open.length > 0) {
      const told = [...generated.err.matchAll(/^\.circleci\/build-once\.yml:(\d+):/gm)].map(([, line]) => Number(line));
      t.equal(generated.code, 2);
      t.strictSame(told, open, 'gen-config points at every place to be filled in and at nothing else');
      const listed = err.slice(err.indexOf('\nto fill in\n'));
      const places = [...listed.matchAll(/^ {2}\.circleci\/build-once\.yml:(\d+) .*/gm)].map(([, line]) =>
        Number(line),
      );
      t.strictSame(places, open, 'and init has listed the same');
      writeFileSync(join(folder, SPEC), fillIn(spec));
    }
    const whole = open.length === 0 ? generated : await generate(folder);
    t.match(whole, { code: 0, err: /^wrote \.circleci\/config\.yml/ }, 'filled in, it is a spec without problems');
  });
}

/** The spec of a person who has filled it in: names are other ones in each line. */
function fillIn(spec: string): string {
  const values: Readonly<Record<string, (line: number) => string>> = {
    repository: (line) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/image-${line}`,
    role: () => 'arn:aws:iam::123456789012:role/some',
    region: () => 'us-east-1',
    provider: () => 'projects/1/locations/global/workloadIdentityPools/circleci/providers/circleci',
  };
  const lines = spec.split('\n').map((text, line) => {
    const key = /^ *(\w+):/.exec(text)?.[1] ?? '';
    return text.replace('FILL IN', values[key]?.(line) ?? `some-${line}`);
  });
  return lines.join('\n');
}

t.test('flags fill everything in, for all environments or for one', async (t) => {
  const folder = clone(t, 'rails');
  const flags =
    '--repository 123456789012.dkr.ecr.eu-central-1.amazonaws.com/storefront --branch main --environments qa,live ' +
    '--role arn:aws:iam::123456789012:role/push=er,live=arn:aws:iam::123456789012:role/live ' +
    '--eks qa=blue,live=green --namespace store';
  t.equal((await run(folder, flags.split(' '))).code, 0);
  const spec = readFileSync(join(folder, SPEC), 'utf8');
  t.match(spec, 'role: arn:aws:iam::123456789012:role/push=er\n');
  t.match(spec, '  qa:\n    branch: main');
  t.match(spec, 'eks: blue');
  t.match(spec, 'role: arn:aws:iam::123456789012:role/live\n');
  t.match(spec, 'eks: green');
  t.equal(spec.split('namespace: store').length, 3);
  t.equal(spec.split('FILL IN').length, 3, 'only the workloads have no flag');
  writeFileSync(join(folder, SPEC), spec.replaceAll('FILL IN', 'web'));
  t.equal((await generate(folder)).code, 0);

  const other = clone(t, 'rails');
  await run(other, ['--repository', 'ghcr.io/acme/storefront', '--kubeconfig', 'KUBE', '--namespace', 'store']);
  t.match(readFileSync(join(other, SPEC), 'utf8'), 'kubernetes:\n      kubeconfig: KUBE\n');
});

t.test('one cluster and one namespace for two environments is said at once', async (t) => {
  const { err } = await run(clone(t, 'node'), '--eks one --namespace shop --dry-run'.split(' '));
  t.match(err, /look at\n.*"production" and "staging" are the same namespace "shop" of the same cluster/);
});

t.test('questions: asked on a terminal, each once, with the name of its flag', async (t) => {
  const answers: Readonly<Record<string, readonly string[]>> = {
    repository: ['Shop!', 'ghcr.io/acme/storefront'],
    environments: ['staging'],
    kubeconfig: [],
    namespace: ['store'],
  };
  const left = Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, [...value]]));
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    const flag = /\(--(\w+)\): $/.exec(question)?.[1] ?? '';
    return left[flag]?.shift() ?? '';
  };
  const folder = clone(t, 'rails');
  const { code, err } = await run(folder, [], ask);
  t.equal(code, 0);
  t.match(err, /^ {2}An empty answer leaves what is in \[ \], or the place to be filled in\.\n/);
  t.match(err, '"Shop!" is no repository', 'a wrong answer is said, and asked again');
  t.strictSame(asked, [
    'Image repository, HOST/PATH without a tag (--repository): ',
    'Image repository, HOST/PATH without a tag (--repository): ',
    'Environments, in the order of a delivery [staging,production] (--environments): ',
    'Kubernetes namespace of staging (--namespace): ',
  ]);
  const spec = readFileSync(join(folder, SPEC), 'utf8');
  t.match(spec, 'repository: ghcr.io/acme/storefront');
  t.match(spec, 'namespace: store');
  t.notMatch(spec, 'production:');

  const silent = await run(clone(t, 'rails'), ['--yes'], async () => t.fail('--yes asks nothing') as never);
  t.equal(silent.code, 0);

  const stopped = clone(t, 'rails');
  t.match(await run(stopped, [], async () => undefined), { code: 2, err: /stopped, nothing was written\n$/ });
  t.notOk(existsSync(join(stopped, '.circleci')));

  const patient = clone(t, 'django');
  const questions: string[] = [];
  await run(patient, [], async (question) => {
    questions.push(question);
    return '';
  });
  t.match(questions[3], 'Branch that is deployed to staging after a merge [master] (--branch): ');
  t.equal(new Set(questions).size, questions.length, 'an empty answer is an answer');
  t.equal(
    readFileSync(join(patient, SPEC), 'utf8'),
    readText(fixtureFile('django', 'expected-spec.yml')),
    'and leaves what would be written without a terminal',
  );
});

t.test('services: which, and where each goes, by flags or when asked', async (t) => {
  const flags = '--services website,booking --repository website=ghcr.io/acme/web,booking=ghcr.io/acme/booking';
  const folder = clone(t, 'pnpm-services');
  t.equal((await run(folder, flags.split(' '))).code, 0);
  const spec = readFileSync(join(folder, SPEC), 'utf8');
  t.match(spec, 'repository: ghcr.io/acme/web }');
  t.match(spec, 'repository: ghcr.io/acme/booking }');

  const only = clone(t, 'pnpm-services');
  await run(only, '--services website --repository ghcr.io/acme/web'.split(' '));
  t.match(readFileSync(join(only, SPEC), 'utf8'), /^image:\n {2}repository: ghcr\.io\/acme\/web\n/m);

  const wrong = await run(clone(t, 'pnpm-services'), ['--repository', 'ghcr.io/acme/web']);
  t.match(wrong, { code: 2, err: /each service has a repository of its own\. expected booking=HOST\/PATH,website=/ });

  const bare = clone(t, 'monorepo');
  rmSync(join(bare, 'deploy'), { recursive: true });
  const answers = ['apis', 'api,worker', 'ghcr.io/acme/api', 'ghcr.io/acme/worker'];
  const asked: string[] = [];
  await run(bare, [], async (question) => {
    asked.push(question);
    return answers.shift() ?? '';
  });
  t.strictSame(asked.slice(0, 6), [
    'Services, of those that were found [api,worker] (--services): ',
    'Services, of those that were found [api,worker] (--services): ',
    'Image repository of api, HOST/PATH without a tag (--repository): ',
    'Image repository of worker, HOST/PATH without a tag (--repository): ',
    'Environments, in the order of a delivery [staging,production] (--environments): ',
    'Kubernetes namespace of staging (--namespace): ',
  ]);
  t.equal(new Set(asked).size, asked.length - 1, 'what services share is asked once');
  t.match(readFileSync(join(bare, SPEC), 'utf8'), 'image: { path: services/worker, repository: ghcr.io/acme/worker }');
});

t.test('nothing that is there is overwritten', async (t) => {
  const folder = clone(t, 'circleci');
  const config = readFileSync(join(folder, '.circleci/config.yml'), 'utf8');
  writeFileSync(
    join(folder, BASE),
    'jobs:\n  unit:\n    docker: [{ image: "cimg/node:22.12" }]\n    steps: [checkout]\n',
  );
  const { code, err } = await run(folder);
  t.equal(code, 0);
  t.notMatch(err, 'wrote .circleci/base.yml');
  t.match(readFileSync(join(folder, BASE), 'utf8'), /^jobs:/, 'the base stays');
  t.match(readFileSync(join(folder, SPEC), 'utf8'), 'test: [unit]', 'and its jobs are named');
  t.equal(readFileSync(join(folder, '.circleci/config.yml'), 'utf8'), config, 'the config stays');

  const again = await run(folder);
  t.match(again, { code: 2, out: '', err: /there is a \.circleci\/build-once\.yml already, and it is left as it is/ });
  t.equal((await run(folder, ['--dry-run'])).code, 0, '--dry-run still shows what it would be');

  const linked = clone(t, 'node');
  const elsewhere = scratch(t);
  symlinkSync(elsewhere, join(linked, '.circleci'));
  t.match(await run(linked), { code: 2, err: /\.circleci is a link/ });
  t.strictSame(readdirSync(elsewhere), []);

  const dangling = clone(t, 'circleci');
  symlinkSync('/nowhere/base.yml', join(dangling, BASE));
  t.equal((await run(dangling)).code, 0);
  t.notOk(existsSync('/nowhere'), 'a base that is a link is not written through');
});

t.test('a config that gen-config wrote is no config of others', async (t) => {
  const folder = clone(t, 'monorepo');
  await run(folder);
  t.equal((await generate(folder)).code, 0);
  rmSync(join(folder, SPEC));
  const { code, err } = await run(folder);
  t.equal(code, 0);
  t.notMatch(err, 'git mv');
  t.notOk(existsSync(join(folder, BASE)));
});

t.test('links, binary files, large files and folders that are closed are no trouble', async (t) => {
  const folder = t.testdir({ repository: {}, outside: { Dockerfile: 'FROM node:22\n' } });
  const repository = join(folder, 'repository');
  symlinkSync('../outside', join(repository, 'service'));
  symlinkSync('..', join(repository, 'loop'));
  symlinkSync('../outside/Dockerfile', join(repository, 'Dockerfile'));
  t.match(await run(repository), { code: 2, err: /there is no Dockerfile in/ }, 'no link is followed');
  rmSync(join(repository, 'Dockerfile'));
  writeFileSync(join(repository, 'Dockerfile'), 'FROM scratch\n');
  mkdirSync(join(repository, 'k8s'));
  writeFileSync(join(repository, 'k8s/binary.yaml'), Buffer.from([0, 255, 254, 10, 107, 105, 110, 100, 58]));
  writeFileSync(
    join(repository, 'k8s/large.yaml'),
    `kind: Deployment\nmetadata: { name: large }\n#${'x'.repeat(1_000_000)}`,
  );
  for (const name of ['node_modules', 'vendor', 'dist', '.git']) {
    mkdirSync(join(repository, name));
    writeFileSync(join(repository, name, 'web.yaml'), 'kind: Deployment\nmetadata: { name: hidden }\n');
  }
  mkdirSync(join(repository, 'closed'), { mode: 0 });
  const { code, err } = await run(repository);
  chmodSync(join(repository, 'closed'), 0o700);
  t.equal(code, 0);
  t.notMatch(err, /hidden|large/);
  if (process.getuid?.() !== 0) t.match(err, /\n {2}closed +may not be read, so it was not looked at\n/);
});

t.test('a very large repository is looked at in part, and that is said', async (t) => {
  const folder = t.testdir({ Dockerfile: 'FROM scratch\n', many: {} });
  for (let index = 0; index < 5001; index++) writeFileSync(join(folder, 'many', `${index}.txt`), '');
  const { code, err } = await run(folder);
  t.equal(code, 0);
  t.match(err, 'only the first 5000 files were looked at');
});

t.test('hostile names stay text', async (t) => {
  const folder = t.testdir({
    Dockerfile: 'FROM scratch\n',
    '.git': { config: '', HEAD: 'ref: refs/heads/a"b#{c}\n' },
  });
  mkdirSync(join(folder, 'k8s/staging'), { recursive: true });
  writeFileSync(
    join(folder, 'k8s/staging/a.yaml'),
    'kind: Deployment\nmetadata: { name: "x, y]\\n# z", namespace: "a: b" }\n---\nkind: Deployment\nmetadata: { name: [1] }\nspec: 3\n',
  );
  mkdirSync(join(folder, 'odd \u001b[31m\n name'));
  writeFileSync(join(folder, 'odd \u001b[31m\n name/Dockerfile'), 'FROM scratch\n');
  const { code, err } = await run(folder);
  t.equal(code, 0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  t.notMatch(err, /\u001b/, 'no control character reaches the terminal');
  const { err: told } = await generate(folder);
  t.notMatch(told, 'not-yaml');
  t.match(readFileSync(join(folder, SPEC), 'utf8'), 'branch: "a\\"b#{c}"');
});

t.test('wrong words', async (t) => {
  const folder = clone(t, 'node');
  const cases: readonly (readonly [string, RegExp])[] = [
    ['--repositroy x', /did you mean --repository\?/],
    ['again', /again/],
    ['--repository Acme/Shop:1', /--repository: "Acme\/Shop:1" is no repository/],
    ['--repository acme/shop:1', /without a tag/],
    ['--environments ,', /there is no name in it/],
    ['--environments a,a', /stands there twice/],
    ['--environments Prod', /"Prod" cannot be the name of an environment/],
    ['--branch ?', /no name of a branch/],
    ['--environments a --eks b=x', /there is no environment "b"\. expected one of a/],
    ['--role me', /"me" is not the ARN of an IAM role/],
    ['--region mars', /is not an AWS region/],
    ['--directory nowhere', /there is no folder .*nowhere/],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await run(folder, args.split(' '));
    t.match({ code, out }, { code: 2, out: '' }, args);
    t.match(err, message);
  }
  t.notOk(existsSync(join(folder, '.circleci')));
  t.match(await run(folder, ['--help']), { code: 0, out: /gen-config init --dry-run/ });
});

t.test('without a terminal nothing is asked', async (t) => {
  const program = join(import.meta.dirname, '../../src/cli/main.js');
  const options = { cwd: clone(t, 'rails'), encoding: 'utf8', input: 'ghcr.io/acme/shop\n' } as const;
  const { status, stderr } = spawnSync(process.execPath, [program, 'init'], options);
  t.equal(status, 0, stderr);
  t.match(stderr, 'wrote .circleci/build-once.yml');
  t.notMatch(stderr, '(--repository)');
});
