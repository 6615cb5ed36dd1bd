import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { companionsWorld } from '../support/companions.js';
import { readText } from '../support/golden.js';

const SHOP = readText('test/golden/companions/shop/build-once.yml') ?? '';
const ORGANIZATION = '11111111-2222-3333-4444-555555555555';
const TRUST = 'aws/123456789012/iam/shop-push.trust.json';

t.test('run again, it is current', async (t) => {
  const { run, files, folder } = companionsWorld(t, SHOP);
  t.match(await run('--dry-run'), { code: 0, out: /^would write: \.circleci\/companions\/README\.md\n/ });
  t.notOk(existsSync(folder), 'a dry run writes nothing');
  t.match(await run(), { code: 0, out: '', err: /^wrote \.circleci\/companions\/README\.md\n/ });
  const before = files();
  const record = readFileSync(join(folder, 'companions.json'), 'utf8');
  t.match(await run(), { code: 0, err: /^\.circleci\/companions is current, nothing to do\nnote: ORGANIZATION_ID/ });
  t.match(await run('--dry-run'), { code: 0, out: /^(is current: .*\n)+$/ });
  t.strictSame(files(), before);
  t.equal(readFileSync(join(folder, 'companions.json'), 'utf8'), record);
});

t.test('what was given is remembered', async (t) => {
  const { run, files } = companionsWorld(t, SHOP);
  await run();
  t.match(files()[TRUST], 'org/ORGANIZATION_ID');
  const given = await run('--organization-id', ORGANIZATION);
  t.match(given, { code: 0, err: /^updated .*\/README\.md$/m });
  t.notMatch(given.err, 'ORGANIZATION_ID');
  t.match(files()[TRUST], `org/${ORGANIZATION}`);
  t.match(await run(), { code: 0, err: /is current/ });
  t.match(files()[TRUST], `org/${ORGANIZATION}`);

  const terraform = await run('--format', 'terraform');
  t.match(terraform, { code: 0, err: /no longer made, to be deleted:\n {2}\.circleci\/companions\/aws/ });
  t.match(terraform.err, 'note: Terraform asks for project_id, the ID of the project in CircleCI');
  t.match(files()['aws/123456789012/main.tf'], ORGANIZATION);
  t.match(files()[TRUST], ORGANIZATION, 'nothing is deleted');
  t.match(await run(), { code: 0, err: /is current|no longer made/ }, 'the format, too');
  t.match((await run()).err, TRUST, 'it is told until it is deleted');
});

t.test('what somebody has edited stays', async (t) => {
  const { run, files, write, folder } = companionsWorld(t, SHOP);
  await run();
  write(`.circleci/companions/${TRUST}`, 'mine');
  rmSync(join(folder, 'README.md'));
  const refused = await run('--organization-id', ORGANIZATION);
  t.match(refused, { code: 2, err: `.circleci/companions/${TRUST}: edited since gen-config wrote it` });
  t.equal(files()[TRUST], 'mine');
  t.notOk(existsSync(join(folder, 'README.md')), 'nothing was written');
  t.match(await run('--force'), { code: 0, err: /^wrote .*README\.md\nupdated .*shop-push\.trust\.json\n/ });
  t.match(files()[TRUST], 'ORGANIZATION_ID');

  // Line ends of another system are no edit.
  write(`.circleci/companions/${TRUST}`, (files()[TRUST] ?? '').replaceAll('\n', '\r\n'));
  t.match(await run(), { code: 0, err: /is current/ });
  t.match(await run('--organization-id', ORGANIZATION), { code: 0, err: `updated .circleci/companions/${TRUST}` });

  // A record that cannot be read knows no file.
  write('.circleci/companions/companions.json', '[');
  t.match(await run(), { code: 2, err: /edited since/ });
});

t.test('another folder', async (t) => {
  const { run, top } = companionsWorld(t, SHOP);
  t.match(await run('--output', 'ops/ci'), { code: 0, err: /^wrote ops\/ci\/README\.md/ });
  t.ok(existsSync(join(top, 'ops/ci', TRUST)));
  const absolute = join(top, 'elsewhere');
  t.match(await run('-o', absolute), { code: 0, err: `wrote ${absolute}/README.md` });
});

t.test('where the repository is', async (t) => {
  const origin = async (url: string, ...args: readonly string[]) => {
    const { run, files, write } = companionsWorld(t, SHOP);
    write('.git/config', `[remote "origin"]\n\turl = ${url}\n`);
    const { code } = await run(...args);
    t.equal(code, 0);
    return /vcs-origin\/(.*)\/vcs-ref/.exec(files()[TRUST] ?? '')?.[1];
  };
  for (const url of [
    'git@github.com:acme/shop.git',
    'https://github.com/acme/shop',
    'https://user:secret@github.com/acme/shop.git/',
    'ssh://git@github.com:22/acme/shop.git',
  ])
    t.equal(await origin(url), 'github.com/acme/shop', url);
  t.equal(await origin('git@gitlab.com:a/b/c.git'), 'gitlab.com/a/b/c');
  for (const url of ['/srv/git/shop.git', '../shop', 'git@work:acme/shop.git'])
    t.equal(await origin(url), 'VCS_ORIGIN', url);
  t.equal(await origin('../shop', '--vcs-origin', 'bitbucket.org/acme/shop'), 'bitbucket.org/acme/shop');
});

t.test('wrong usage', async (t) => {
  const { run, write, folder } = companionsWorld(t, SHOP);
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await run(...args);
    t.equal(code, 2, args.join(' '));
    return err;
  };
  t.match(await refused('--organization-id', 'acme'), '--organization-id is "acme", expected a UUID in lower case');
  t.match(await refused('--account-id', '1'), 'expected the 12 digits');
  t.match(await refused('--vcs-origin', 'a b'), 'like github.com/acme/shop');
  t.match(await refused('--group', 'system:masters'), 'a group that is not of Kubernetes or AWS');
  t.match(await refused('--exclusion-filters', 'stag*.*'), 'could match staging.<commit>');
  t.match(await refused('--format', 'yaml'), 'expected one of json, terraform');
  write('.circleci/build-once.yml', 'version: 2\n');
  t.match(await refused(), 'nothing was written');
  t.notOk(existsSync(folder));
});
