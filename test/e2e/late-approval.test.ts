import t from 'tap';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { kubectl } from './cluster.js';
import { makeWorld } from './delivery-world.js';
import { skipWithout } from './skip-without.js';

/** No older commit takes the place of a newer one: real images, real Pods, and a user who has the Role of the companions. */

const skip = skipWithout('KUBECONFIG', 'LAB_DEPLOYER_KUBECONFIG', 'LAB_REGISTRY', 'LAB_BUILDER');
t.test('an approval that is clicked late, on a cluster', { skip, timeout: 1_800_000 }, async (t) => {
  const { namespace, repository, publish, job, deliver, read, state } = await makeWorld(t);
  const first = await publish('first');
  const second = await publish('second');

  t.match(
    await deliver(first),
    /running: {5}deployment\/web runs .*:unreleased; no record, label or tag says of which commit/,
  );
  t.match(await deliver(second), `commit ${first.commit}: ${repository}@${first.digest}, built `);
  const record = JSON.parse(await read('.metadata.annotations'));
  t.match(record, {
    'build-once/commit': second.commit,
    'build-once/digest': second.digest,
    'build-once/created': /^20\d\d-/,
    'build-once/deployed-at': /^20\d\d-/,
    'build-once/user': '01234567-89ab-cdef-0123-456789abcdef',
    'build-once/job': 'https://app.circleci.com/jobs/1',
  });
  const history = await kubectl(['-n', namespace, 'rollout', 'history', 'deployment/web']);
  t.match(
    history,
    `build-once deploy of commit ${second.commit} to production: ${second.digest.slice(0, 19)}.., for user 01234567`,
  );

  const before = await state();
  const refused = `1: production runs a newer commit than ${first.commit}: deployment/web runs ${second.commit}, which descends from it`;
  const late = await job(first).verify();
  t.match(late, refused);
  t.match(late, /deployed 20.*, for user 01234567-89ab-cdef-0123-456789abcdef, https:\/\/app\.circleci\.com\/jobs\/1/);
  t.match(late, 'next: Nothing was changed. This approval, or this pipeline, comes late');
  t.match(await job(first, { newer_by: 'build-time' }).verify(), 'whose image was built later');
  t.same(await state(), before, 'nothing was changed');

  t.comment('--- deployed by others, by a tag: the Pods say the digest');
  await kubectl(['-n', namespace, 'set', 'image', 'deployment/web', `web=${repository}:${second.commit}`]);
  await kubectl(['-n', namespace, 'annotate', 'deployment', 'web', 'build-once/commit-', 'build-once/digest-']);
  await kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=300s']);
  const byTag = await job(first).verify();
  t.match(byTag, refused);
  t.match(byTag, `commit ${second.commit} (by the label of the image): ${repository}:${second.commit}`);

  t.comment('--- a rollback on purpose, and forward again');
  const back = await deliver(first, { rollback_to: first.commit });
  t.match(back, 'This is the rollback that was asked for');
  t.match(JSON.parse(await read('.metadata.annotations')), { 'build-once/commit': first.commit });
  await deliver(second);
  await kubectl(['-n', namespace, 'rollout', 'undo', 'deployment/web']);
  t.match(
    JSON.parse(await read('.metadata.annotations')),
    { 'build-once/commit': first.commit },
    'undo brings the record back',
  );
  await deliver(second);

  t.comment('--- another pipeline deploys between the look and the write');
  const third = await publish('third');
  const fourth = await publish('fourth');
  let raced = false;
  const real = nodeHttp();
  const racing: Http = async (request) => {
    if (request.method === 'PATCH' && !request.url.includes('dryRun') && !raced) {
      raced = true;
      await deliver(fourth);
    }
    return real(request);
  };
  const slow = job(third, {}, racing);
  t.match(await slow.verify(), /^ok/);
  const verdict = await slow.deploy();
  t.ok(raced);
  t.match(verdict, `1: production runs a newer commit than ${third.commit}: deployment/web runs ${fourth.commit}`);
  t.match(await state(), [/^\d+$/, `${repository}@${fourth.digest}`]);
});
