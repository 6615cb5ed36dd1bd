import t, { type Test } from 'tap';
import { run as status } from '../../src/commands/status/run.js';
import type { Http } from '../../src/io/io.js';
import { inProcess } from '../kubernetes/scripted-api.js';
import { makeGitRepository } from '../support/git-repository.js';
import { KUBECONFIG } from '../support/scripted-kubeconfig.js';
import { deployed, scriptedNamespace } from '../support/scripted-namespace.js';
import { fakeClock, testIo } from '../support/test-io.js';

const SHOP = 'ghcr.io/acme/shop';
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const SET = ['deployments/web', 'cronjobs/report'];

/** Two namespaces of one cluster; a commit and an image is set in one by `run`. */
function makeWorld(t: Test) {
  const clock = fakeClock();
  const repository = makeGitRepository(t.testdir({}));
  const images = Object.fromEntries(SET.map((path) => [path, `${SHOP}:0.1`]));
  const namespaces = {
    'shop-staging': scriptedNamespace(clock, images, () => 'up'),
    shop: scriptedNamespace(clock, images, (image) => (image.endsWith('f') ? 'never ready' : 'up')),
  };
  const http: Http = (request) => {
    const [, name = ''] = /\/namespaces\/([^/]+)\//.exec(request.url) ?? [];
    return inProcess(
      name === 'shop' || name === 'shop-staging' ? namespaces[name].script : () => ({ status: 404, json: {} }),
    )(request);
  };
  const run = (name: keyof typeof namespaces, commit: string, letter: string, paths = SET) => {
    for (const path of paths) {
      const one = namespaces[name].find(path);
      Object.assign(one, deployed(`${SHOP}@${digest(letter)}`, commit));
    }
  };
  const see = async (more: object = {}, cwd = repository.folder) => {
    const io = testIo({ clock, http, cwd });
    const options = {
      environments: 'staging=shop-staging,production=shop',
      workloads: 'deployment/web,cronjob/report',
      eks: '',
      region: '',
      role: '',
      kubeconfig: KUBECONFIG,
      format: 'human',
    };
    const result = await status({ ...options, ...more }, io);
    return {
      out: io.out(),
      said: result.ok ? `ok: ${result.value.summary}` : `${result.error.code}: ${result.error.cause}`,
    };
  };
  return { repository, namespaces, run, see };
}

t.test('what runs where, and how far it is apart', async (t) => {
  const { repository, run, see } = makeWorld(t);
  t.match(await see(), {
    said: 'ok: how far production is from staging is not known: nothing says which commit deployment/web of production runs.',
    out: /production +deployment\/web +not known +ghcr\.io\/acme\/shop:0\.1 +- +1 of 1/,
  });
  const [first = '', second = '', third = ''] = ['1', '2', '3'].map((text) => repository.push('main', { a: text }));
  run('shop-staging', third, 'c');
  run('shop', first, 'a');
  const behind = await see();
  t.equal(behind.said, 'ok: production is 2 commits behind staging.');
  t.match(behind.out, /^ENVIRONMENT +WORKLOAD +COMMIT +IMAGE +DEPLOYED +ROLLOUT +BY\n/);
  t.match(
    behind.out,
    new RegExp(
      `\nproduction +deployment/web +${first.slice(0, 12)} +sha256:a{12}\\.\\. +2026-01-02T03:04:05Z +1 of 1 replicas updated, 1 available +https://ci/7\\n`,
    ),
  );
  run('shop', third, 'c');
  t.match(await see(), { said: 'ok: production runs what staging runs.' });
  run('shop', third, 'd');
  t.match(await see(), { said: 'ok: production runs the commit that staging runs, but another image of it.' });
  run('shop-staging', second, 'b');
  t.match(await see(), { said: 'ok: production is 1 commit ahead of staging.' });
  repository.git('checkout', '--quiet', first);
  run('shop', repository.push('hotfix', { b: 'x' }), 'e');
  t.match(await see(), { said: 'ok: production is 1 commit behind and 1 commit ahead of staging.' });
  run('shop', 'f'.repeat(40), 'f');
  t.match(await see(), {
    said: 'ok: how far production is from staging is not known: they run different commits, and git has no commit ffffffffffff here: git fetch may bring it.',
    out: /not done: 1 of 1 replicas updated, 0 available +https:\/\/ci\/7\n[\s\S]*\n\ndeployment\/web of production: container "web" of Pod web-0: it runs, but is not ready/,
  });
  t.match(await see({}, repository.cloneAt(second, '--depth=1')), {
    said: /git cannot count them in a shallow checkout/,
  });
  run('shop', first, 'a', ['deployments/web']);
  t.match(await see(), {
    said: 'ok: how far production is from staging is not known: the workloads of production do not run one and the same image.',
  });
  t.match(await see({ environments: 'production=shop', workloads: 'deployment/web' }), { said: 'ok: 1 workload.' });
});

t.test('for programs', async (t) => {
  const { repository, namespaces, run, see } = makeWorld(t);
  const commit = repository.push('main', { a: '1' });
  run('shop-staging', commit, 'a');
  run('shop', commit, 'a');
  namespaces.shop.find('deployments/web').image = `${SHOP}:by-hand`;
  const { said, out } = await see({ format: 'json' });
  t.equal(out, '');
  const { environments, drift } = JSON.parse(said.replace('ok: ', ''));
  t.match(environments[0].workloads[0], {
    workload: 'deployment/web',
    images: [`${SHOP}@${digest('a')}`],
    record: { commit, digest: digest('a'), job: 'https://ci/7', pipeline: '0123-4567' },
    isComplete: true,
  });
  t.match(environments[1].workloads[0], { images: [`${SHOP}:by-hand`] });
  t.notOk('record' in environments[1].workloads[0], 'somebody has changed the image since');
  t.same(
    drift.map(({ environment, from }: { environment: string; from: string }) => [environment, from]),
    [['production', 'staging']],
  );
});

t.test('what cannot be read does not hide the rest', async (t) => {
  const { see } = makeWorld(t);
  const gone = await see({ environments: 'staging=shop-staging,production=gone' });
  t.match(gone.said, /^1: /);
  t.match(gone.out, /staging +deployment\/web +not known/);
  t.match(gone.out, /production +deployment\/web +not read/);
  t.match(gone.out, 'how far production is from staging is not known: production could not be read.\n');
  const asJson = await see({ environments: 'staging=shop-staging,production=gone', format: 'json' });
  t.match(asJson.said, /^1: /);
  t.match(JSON.parse(asJson.out).environments, [
    { environment: 'staging', problems: [] },
    { environment: 'production', workloads: [], unread: ['deployment/web', 'cronjob/report'] },
  ]);
  t.match(await see({ environments: 'staging' }), { said: '2: --environments: "staging" is not NAME=NAMESPACE' });
  t.match(await see({ environments: 'a=x,a=y' }), { said: '2: --environments: "a" is named twice' });
  t.match(await see({ environments: 'a=../x' }), { said: /^2: --namespace is "\.\.\/x"/ });
  t.match(await see({ workloads: 'web' }), { said: /^2: --workloads/ });
});
