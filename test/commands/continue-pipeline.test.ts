import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runBuildOnce } from '../../src/commands/run-command.js';
import { type Reply, startCircleApi } from '../support/circleci-api.js';
import { type GitRepository, makeGitRepository } from '../support/git-repository.js';
import { readText } from '../support/golden.js';
import { fakeClock, testIo } from '../support/test-io.js';

const KEY = 'the-secret-key-of-this-pipeline';
const SERVICES = { api: ['services/api', 'libs/common'], web: ['services/web'], all: ['docs/**/*.md', 'ünï cödé'] };
const FIRST = {
  '.circleci/continue-config.yml': 'version: 2.1 # << pipeline.id >>\n',
  'services/api/main.go': '1',
  'services/web/index.js': '1',
  'libs/common/log.go': '1',
  README: '1',
};

interface Push {
  readonly branch?: string;
  readonly tag?: string;
  /** Commit that the record says was continued last. */
  readonly record?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly replies?: Reply[];
}

/** Runs the command in a checkout as a job of a setup config does: what a run before has recorded is not there. */
async function run(t: Test, clone: string, commit: string, push: Push = {}) {
  const { branch = 'main', tag, record, flags = [], env = {}, replies } = push;
  const api = await startCircleApi(t, replies);
  rmSync(join(clone, '.build-once'), { recursive: true, force: true });
  if (record !== undefined) {
    mkdirSync(join(clone, '.build-once'), { recursive: true });
    writeFileSync(join(clone, '.build-once/continued'), `${record}\n`);
  }
  const io = testIo({
    cwd: clone,
    env: {
      PATH: process.env['PATH'],
      CIRCLE_SHA1: commit,
      ...(tag === undefined ? { CIRCLE_BRANCH: branch } : { CIRCLE_TAG: tag }),
      CIRCLE_CONTINUATION_KEY: KEY,
      ...env,
    },
    clock: fakeClock(),
  });
  const given = ['--host', api.host, '--services', JSON.stringify(SERVICES), '--branches', '["main"]', ...flags];
  const code = await runBuildOnce(['continue-pipeline', ...given], io);
  const kept = join(clone, '.build-once/continued');
  return {
    code,
    out: io.out(),
    err: io.err(),
    parameters: api.continued.map(({ parameters }) => parameters),
    continued: api.continued,
    requests: api.requests,
    record: existsSync(kept) ? readFileSync(kept, 'utf8').trim() : undefined,
  };
}

function repository(t: Test): { readonly repo: GitRepository; readonly first: string } {
  const repo = makeGitRepository(t.testdir({}));
  return { repo, first: repo.push('main', FIRST) };
}

t.test('what has changed since the branch was continued last runs', async (t) => {
  const { repo, first } = repository(t);
  repo.push('main', { 'services/api/main.go': '2' });
  // Two commits in one push: both count.
  const last = repo.push('main', { README: '2' });
  const { api, web } = SERVICES;
  const push = { record: first, flags: ['--services', JSON.stringify({ api, web })] };
  const { code, out, continued, requests, record } = await run(t, repo.cloneAt(last), last, push);
  t.equal(code, 0);
  t.strictSame(continued, [
    {
      'continuation-key': KEY,
      configuration: FIRST['.circleci/continue-config.yml'],
      parameters: { 'service-api': true },
    },
  ]);
  t.strictSame(requests, [{ method: 'POST', url: '/api/v2/pipeline/continue' }]);
  t.equal(
    out,
    `2 files have changed since main was continued last (${first})
service  runs  because of
api      yes   services/api/main.go
web      no
the pipeline goes on with 1 of 2 services
`,
  );
  const shown = out.replace(first, '0123456789abcdef0123456789abcdef01234567');
  t.ok(readText('docs/monorepo.md')?.includes(shown), 'as the guide shows it');
  t.equal(record, last, 'the next push is compared with this one');
});

t.test('every kind of change counts, whatever a file is called', async (t) => {
  const { repo, first } = repository(t);
  const names = { 'services/api/a b\t"c".go': 'x', 'libs/common/\n evil': 'x', 'services/apiary/x': 'x' };
  const added = repo.push('main', names);
  const all = await run(t, repo.cloneAt(added), added, { record: first });
  t.strictSame(all.parameters, [{ 'service-api': true }]);
  t.match(all.out, 'api      yes   "libs/common/\\n evil" and 1 other\n', 'shown on one line');
  const deleted = repo.push('main', { 'services/web/index.js': undefined });
  t.strictSame((await run(t, repo.cloneAt(deleted), deleted, { record: added })).parameters, [{ 'service-web': true }]);
  repo.git('mv', 'services/api/main.go', 'README.go');
  const moved = repo.push('main', {});
  const of = await run(t, repo.cloneAt(moved), moved, { record: deleted });
  t.strictSame(of.parameters, [{ 'service-api': true }], 'what moves away is missed where it was');
  const unicode = repo.push('main', { 'ünï cödé/x': 'x' });
  t.strictSame((await run(t, repo.cloneAt(unicode), unicode, { record: moved })).parameters, [{ 'service-all': true }]);
  const deep = repo.push('main', { 'docs/a/b/c.md': 'x', 'docs/a/b/c.mdx': 'x' });
  const globbed = await run(t, repo.cloneAt(deep), deep, { record: unicode });
  t.match(globbed.out, 'all      yes   docs/a/b/c.md\n');
});

t.test('nothing of a service has changed: the pipeline goes on without any', async (t) => {
  const { repo, first } = repository(t);
  const last = repo.push('main', { README: '2' });
  const { code, out, parameters } = await run(t, repo.cloneAt(last), last, { record: first });
  t.equal(code, 0);
  t.strictSame(parameters, [{}], 'it is continued, so it ends');
  t.match(out, 'the pipeline goes on with 0 of 3 services\n');
});

t.test('without a record the base revision counts', async (t) => {
  const { repo, first } = repository(t);
  const last = repo.push('main', { 'services/web/index.js': '2' });
  const base = ['--base-revision', first];
  const { out, parameters } = await run(t, repo.cloneAt(last), last, { flags: base });
  t.strictSame(parameters, [{ 'service-web': true }]);
  t.match(out, `1 file has changed since the push before on main (${first})`);
});

t.test('every service runs when what has changed cannot be known', async (t) => {
  const { repo, first } = repository(t);
  const last = repo.push('main', { 'services/web/index.js': '2' });
  const clone = repo.cloneAt(last);
  const bare = join(repo.folder, '../bare');
  mkdirSync(join(bare, '.circleci'), { recursive: true });
  writeFileSync(join(bare, '.circleci/continue-config.yml'), 'x');
  const config = repo.push('config', { '.circleci/base.yml': 'jobs: {}' });
  const cases: readonly (readonly [what: string, clone: string, commit: string, push: Push, why: RegExp])[] = [
    ['no record', clone, last, {}, /what was on main before is not known/],
    ['none of CircleCI', clone, last, { flags: ['--base-revision', '<nil>'] }, /what was on main before is not known/],
    ['a new branch', clone, last, { flags: ['--base-revision', '0'.repeat(40)] }, /is not known/],
    ['the same again', clone, last, { record: last }, /this commit of main has been continued before/],
    ['a commit that is gone', clone, last, { record: 'f'.repeat(40) }, /git no longer knows f{40}/],
    ['a tag', clone, last, { tag: 'v1.2.3', record: first }, /it is the git tag v1\.2\.3/],
    ['asked for', clone, last, { record: first, flags: ['--run-all'] }, /it was asked for/],
    ['the config', repo.cloneAt(config), config, { record: first }, /\.circleci\/base\.yml has changed since main was/],
    ['a commit that is not here', clone, 'e'.repeat(40), { record: first }, /git does not know the commit e{40}/],
    ['no repository', bare, last, {}, /git does not know the commit/],
  ];
  for (const [what, folder, commit, push, why] of cases) {
    const { code, out, parameters } = await run(t, folder, commit, push);
    t.equal(code, 0, what);
    t.strictSame(parameters, [{ 'every-service': true }], what);
    t.match(out, why, what);
    t.match(out, /every service runs: .*\nthe pipeline goes on with 3 of 3 services\n/, what);
  }
});

t.test('a branch of its own is compared with where it left those that are deployed from', async (t) => {
  const { repo } = repository(t);
  repo.git('checkout', '--quiet', '-b', 'feature');
  repo.push('feature', { 'services/api/main.go': '2' });
  const last = repo.push('feature', { 'services/api/other.go': '2' });
  repo.git('checkout', '--quiet', 'main');
  repo.push('main', { 'services/web/index.js': '3' });
  const feature = { branch: 'feature', record: last };
  const both = await run(t, repo.cloneAt(last), last, feature);
  t.strictSame(both.parameters, [{ 'service-api': true }], 'all of its commits count, and none of main');
  t.match(both.out, '2 files have changed since it left main (');
  const narrow = await run(t, repo.cloneAt(last, '--single-branch', '--branch=feature'), last, feature);
  t.strictSame(narrow.parameters, [{ 'service-api': true }], 'main is fetched where the checkout has not got it');
  const shallow = await run(t, repo.cloneAt(last, '--depth=1', '--branch=feature'), last, feature);
  t.strictSame(shallow.parameters, [{ 'service-api': true }], 'a shallow checkout is deepened');
  const unnamed = await run(t, repo.cloneAt(last), last, { ...feature, flags: ['--branches', '[]'] });
  t.match(unnamed.out, '2 files have changed since it left the default branch (');
  repo.git('checkout', '--quiet', '--orphan', 'alone');
  const alone = repo.push('alone', { README: 'alone' });
  const unrelated = await run(t, repo.cloneAt(alone), alone, { branch: 'alone' });
  t.match(unrelated.out, 'every service runs: where this branch left main is not known\n');
});

t.test('a shallow checkout of a branch that is deployed from fetches what was there before', async (t) => {
  const { repo, first } = repository(t);
  const last = repo.push('main', { 'services/api/main.go': '2' });
  const { parameters } = await run(t, repo.cloneAt(last, '--depth=1'), last, { record: first });
  t.strictSame(parameters, [{ 'service-api': true }]);
});

t.test('more services than CircleCI takes parameters are all of them', async (t) => {
  const { repo, first } = repository(t);
  const last = repo.push('main', { 'services/api/main.go': '2' });
  const many = (count: number) =>
    JSON.stringify({
      ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, ['services/api']])),
      quiet: ['quiet'],
    });
  const clone = repo.cloneAt(last);
  const with100 = await run(t, clone, last, { record: first, flags: ['--services', many(100)] });
  t.equal(Object.keys(with100.parameters[0] ?? {}).length, 100);
  const with101 = await run(t, clone, last, { record: first, flags: ['--services', many(101)] });
  t.strictSame(with101.parameters, [{ 'every-service': true }]);
});

t.test('what CircleCI refuses is said with what to do, and the key is not', async (t) => {
  const { repo, first } = repository(t);
  const clone = repo.cloneAt(first);
  const cases: readonly (readonly [Reply, RegExp])[] = [
    [
      { status: 409, message: 'Pipeline is not in setup state.' },
      /\(409\): Pipeline is not in setup state\.\n.*continued once: rerun/,
    ],
    [{ status: 409, message: 'Continuation key has expired. Please run a new pipeline.' }, /six hours/],
    [{ status: 400, message: 'Conflicting pipeline parameters.' }, /only run-all is for triggers/],
    [{ status: 400, message: 'Unexpected argument(s): service-api' }, /run "npx gen-config" and commit/],
    [{ status: 401, message: `bad key ${KEY}` }, /\(401\): bad key \*\*\*\n/],
    [{ status: 404, message: '' }, /127\.0\.0\.1:\d+ does not continue the pipeline \(404\)\n/],
  ];
  for (const [reply, words] of cases) {
    const { code, out, err, record, requests } = await run(t, clone, first, { replies: [reply] });
    t.equal(code, 1);
    t.match(err, words);
    t.notMatch(out + err, KEY);
    t.equal(record, undefined, 'what was not continued is still to be done');
    t.equal(requests.length, 1, 'a refusal is not repeated');
  }
});

t.test('a server that fails is asked again, and the pipeline is continued once', async (t) => {
  const { repo, first } = repository(t);
  const clone = repo.cloneAt(first);
  const busy = { status: 503, message: 'busy', headers: { 'retry-after': '1' } };
  const twice = await run(t, clone, first, { replies: [busy, { ...busy, status: 429 }] });
  t.match(twice, { code: 0, parameters: [{ 'every-service': true }] });
  t.match(twice.err, /answered 503: trying again in 1\.0 s \(attempt 2 of 5\)/);
  const cut = await run(t, clone, first, { replies: ['cut'] });
  t.match(cut, { code: 0, record: first, parameters: [{ 'every-service': true }] });
  t.match(cut.out, 'continued already: by the attempt whose answer got lost');
  const down = await run(t, clone, first, { replies: Array<Reply>(5).fill(busy) });
  t.match(down, { code: 1, record: undefined });
  t.match(down.err, /\(503\): busy/);
  const nowhere = await run(t, clone, first, { flags: ['--host', 'http://127.0.0.1:1'] });
  t.match(nowhere, { code: 1, record: undefined });
  t.match(nowhere.err, /refused the connection[^\n]*\n {2}-> Rerun this workflow from failed\./);
});

t.test('what is missing or wrong is said before anything is sent', async (t) => {
  const { repo, first } = repository(t);
  const clone = repo.cloneAt(first);
  const cases: readonly (readonly [Push, number, RegExp])[] = [
    [{ env: { CIRCLE_CONTINUATION_KEY: undefined } }, 1, /CIRCLE_CONTINUATION_KEY is not set.*\n.*setup: true/],
    [{ flags: ['--configuration-path', 'nowhere.yml'] }, 1, /there is no nowhere\.yml/],
    [{ flags: ['--services', '["api"]'] }, 2, /--services is not a JSON object of lists/],
    [{ flags: ['--services', '{"api": "x"}'] }, 2, /--services is not a JSON object of lists/],
    [{ flags: ['--branches', 'main'] }, 2, /--branches is not a JSON array of names/],
    [{ flags: ['--commit', 'abc'] }, 2, /expected the full SHA/],
    [{ flags: ['--host', 'http://circleci.example'] }, 2, /--host is "http:\/\/circleci\.example": expected https/],
    [{ flags: ['--host', 'circleci.com'] }, 2, /--host is "circleci\.com"/],
  ];
  for (const [push, code, words] of cases) {
    const result = await run(t, clone, first, push);
    t.equal(result.code, code, String(words));
    t.match(result.err, words);
    t.strictSame(result.requests, [], 'nothing was sent');
  }
  const dry = await run(t, clone, first, { flags: ['--dry-run'] });
  t.match(dry, { code: 0, requests: [], record: undefined });
  t.match(dry.out, 'dry run: the pipeline goes on with 3 of 3 services, were it continued\n');
});
