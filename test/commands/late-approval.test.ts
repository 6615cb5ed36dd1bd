import { execFileSync } from 'node:child_process';
import t from 'tap';
import { JOB, makeWorld } from '../support/delivery-world.js';

/* No older commit takes the place of a newer one: real git, a registry and a cluster that are scripted. */

t.test('an approval that is clicked late', async (t) => {
  const { commit, job, deliver, runs, patches, workloads } = await makeWorld(t);
  const [first, second] = [commit('main', 1), commit('main', 2)];
  const start = job(first);
  t.match(await start.verify(), /^ok/);
  t.match(
    start.io.out(),
    /running: {5}deployment\/web runs .*\/shop:unreleased; no record, label or tag says of which commit, so there is nothing to compare with/,
  );
  t.match(await start.deploy(), /^ok/, 'the first deployment has nothing to compare with');
  await deliver(second);
  t.equal(runs(), second.digest);
  t.match(workloads.get('web')?.annotations, {
    'build-once/commit': second.sha,
    'build-once/digest': second.digest,
    'build-once/created': '2026-01-01T00:02:00.000Z',
    'build-once/job': JOB,
  });

  const before = patches.length;
  const late = job(first);
  const refused = `1: production runs a newer commit than ${first.sha}: deployment/web runs ${second.sha}, which descends from it`;
  const verdict = await late.verify();
  t.equal(verdict.split('\n')[0], refused);
  t.match(verdict, `deployment/web: commit ${second.sha}: `);
  t.match(verdict, /built 2026-01-01T00:02:00\.000Z, deployed 2026-.*Z, https:\/\/app\.circleci\.com\/jobs\/1/);
  t.match(
    verdict,
    `next: Nothing was changed. This approval, or this pipeline, comes late: there is nothing to do. To go back on purpose, run build-once rollback, or revert the commits since then; or, to deploy this commit whatever runs, set ROLLBACK_TO to ${first.sha} in a context of this job, and run the job again.`,
  );
  t.match(await late.deploy(), /^2: there is no \.build-once\/release\.json/, 'no record is left of what was refused');
  t.match(
    await late.deploy(`${workloads.get('web')?.image.split('@')[0]}@${first.digest}`),
    refused,
    'deploy by itself refuses, too',
  );
  t.equal(patches.length, before, 'nothing was changed');

  const same = job(second);
  t.match(await same.verify(), /^ok/);
  t.match(same.io.out(), /running: {5}deployment\/web runs this digest already\n/);
  t.match(await same.deploy(), /^ok: .*nothing was changed/, 'the same commit again');
  t.equal(patches.length, before);

  const other = job(first, undefined, { rollback_to: second.sha });
  t.match(await other.verify(), refused, 'a rollback to another commit lets nothing through');
  const back = job(first, undefined, { rollback_to: first.sha });
  t.match(await back.verify(), /^ok/);
  t.match(back.io.out(), /which descends from it\. This is the rollback that was asked for; migrations are not undone/);
  t.match(await back.deploy(), /^ok/);
  t.equal(runs(), first.digest);
  await deliver(second);
  t.equal(runs(), second.digest, 'and forward again');
  t.match(
    await job(first, undefined, { rollback_to: 'v1' }).verify(),
    /^2: --rollback-to is "v1": expected the full SHA/,
  );
  t.match(await job(first, undefined, { rollback_to: 'v1' }).deploy(), /^2: --rollback-to is "v1"/);
});

t.test('what deploy would refuse is refused before a migration runs', async (t) => {
  const { commit, job, deliver, workloads } = await makeWorld(t, ['web', 'worker']);
  const [first, second] = [commit('main', 1), commit('main', 2)];
  await deliver(first);
  const worker = workloads.get('worker');
  if (worker === undefined) throw new Error('no workload');
  worker.paused = true;
  const next = job(second);
  t.match(
    await next.verify(),
    /^1: deployment\/worker is paused, so it would not roll out\nnext: Nothing was changed\. Run kubectl -n shop rollout resume deployment\/worker/,
  );
  t.match(await next.deploy(), /^2: there is no \.build-once\/release\.json/);
  t.match(await job(second, undefined, { manifests: 'k8s' }).verify(), /^ok/, 'manifests may take that away');
  worker.paused = false;
  t.match(await next.verify(), /^ok/);
});

t.test('branches that part', async (t) => {
  const { repository, commit, job, deliver, runs, nowhere } = await makeWorld(t);
  const base = commit('main', 1);
  const main = commit('main', 2);
  repository.git('checkout', '--quiet', base.sha);
  const hotfix = commit('hotfix', 3);
  await deliver(base);
  await deliver(hotfix);
  const apart = `1: commit ${main.sha} does not descend from ${hotfix.sha}, which deployment/web runs, nor the other way round`;
  const verdict = await job(main).verify();
  t.match(verdict, apart);
  t.match(
    verdict,
    `Merge ${hotfix.sha} into the branch, and deploy that. Where branches part for good reason, as for hotfixes, "newer_by: build-time" of the environment`,
  );
  t.equal(runs(), hotfix.digest);

  const byTime = { newer_by: 'build-time' };
  t.match(
    await job(main, undefined, byTime).verify(),
    `1: production runs a newer commit than ${main.sha}: deployment/web runs ${hotfix.sha}, whose image was built later`,
  );
  repository.git('checkout', '--quiet', main.sha);
  const later = commit('main', 4);
  const without = job(later, nowhere, byTime);
  t.match(await without.verify(), /^ok/, 'without a checkout');
  t.match(without.io.out(), /; the image of this job was built later\n/);
  t.match(await without.deploy(), /^ok/);
  t.equal(runs(), later.digest);
  const bare = commit('main', 5, false);
  t.match(
    await job(bare, nowhere, byTime).verify(),
    `1: whether commit ${bare.sha} is newer than ${later.sha}, which deployment/web runs, is not known: the image of ${bare.sha} does not say when it was built`,
  );
});

t.test('what runs was not deployed by this program', async (t) => {
  const { commit, job, workloads, podImages, shop, fake, addBuilt, nowhere } = await makeWorld(t);
  const [old, middle, young] = [commit('main', 1), commit('main', 2), commit('main', 3)];
  const web = workloads.get('web');
  if (web === undefined) throw new Error('no workload');
  web.image = `${shop}@${young.digest}`;
  const late = await job(middle).verify();
  t.match(late, `1: production runs a newer commit than ${middle.sha}: deployment/web runs ${young.sha}`);
  t.match(late, `deployment/web: commit ${young.sha} (by the label of the image): ${shop}@${young.digest}`);

  web.image = `${shop}:latest`;
  podImages.set('web', `${shop}@${young.digest}`);
  t.match(await job(middle).verify(), `${young.sha}, which descends from it`, 'by the digest of the Pods');
  podImages.set('web', `sha256:${'0'.repeat(64)}`);
  const unknown = job(middle);
  t.match(await unknown.verify(), /^ok/);
  t.match(unknown.io.out(), /runs \S+:latest; no record, label or tag says of which commit/);
  web.image = `${shop}@${addBuilt('1'.repeat(40), 1, false)}`;
  t.match(await job(middle).verify(), /^ok/, 'an image without labels');
  web.image = `${shop}@sha256:${'2'.repeat(64)}`;
  t.match(await job(middle).verify(), /^ok/, 'an image that is gone');
  web.image = `${shop}:${young.sha}`;
  t.match(await job(middle).verify(), `deployment/web: commit ${young.sha} (by the tag of the image): ${web.image}`);
  web.image = `${shop}@sha256:${'2'.repeat(64)}`;

  // Somebody has changed the image since: what was deployed last is what the environment had at least.
  web.annotations = { 'build-once/commit': middle.sha, 'build-once/digest': middle.digest };
  const since = await job(old).verify();
  t.match(since, `${middle.sha}, which descends from it`);
  t.match(
    since,
    `commit ${middle.sha} was deployed last, and somebody else has changed the image since: ${shop}@sha256:222`,
  );
  t.match(await job(middle).verify(), /^ok/, 'the last one can be deployed again');
  t.match(await job(young).verify(), /^ok/);
  web.annotations = { 'build-once/commit': 'main', 'build-once/digest': 'x', 'build-once/job': '\u001b[2K' };
  t.match(await job(old).verify(), /^ok/, 'a record that is none');

  const registryAway = job(old);
  fake.gate = (request, response) =>
    request.url?.includes('222') === true ? void response.writeHead(403).end() : false;
  t.match(await registryAway.verify(), /^1: this login may not read from/, 'not known is not "not there"');
  fake.gate = undefined;

  const foreign = 'f'.repeat(40);
  web.annotations = { 'build-once/commit': foreign, 'build-once/digest': `sha256:${'2'.repeat(64)}` };
  const lost = await job(young).verify();
  t.match(
    lost,
    `1: whether commit ${young.sha} is newer than ${foreign}, which deployment/web runs, is not known: git finds no commit ${foreign}`,
  );
  t.match(
    await job(young, nowhere).verify(),
    /is not known: there is no git checkout in this folder, or no git\n.*\nnext: .*\(the step "checkout"\)/,
  );
});

t.test('an environment that runs the image from another repository', async (t) => {
  const { commit, job, workloads, fake } = await makeWorld(t);
  const [old, young] = [commit('main', 1), commit('main', 2)];
  const web = workloads.get('web');
  if (web === undefined) throw new Error('no workload');
  const destination = `${fake.host}/eu/shop`;
  web.image = `${destination}@${young.digest}`;
  t.match(await job(old).verify(), /^1: deployment\/web has no container with an image of \S+\/shop\n/);
  t.match(await job(old, undefined, { destination }).verify(), `${young.sha}, which descends from it`);
  const good = job(young, undefined, { destination });
  t.match(await good.verify(), /^ok/);
  t.match(good.io.out(), 'runs this digest already');
  t.match(await job(young, undefined, { destination: `${destination}:1` }).verify(), /^2: --destination is/);
});

t.test('a workload that the manifests are still to bring, and a container that is named', async (t) => {
  const { commit, job, workloads } = await makeWorld(t);
  const [old, young] = [commit('main', 1), commit('main', 2)];
  const both = { workloads: 'deployment/new,deployment/web' };
  t.match(await job(old, undefined, both).verify(), '1: there is no Deployment "new" in namespace "shop"');
  const first = job(old, undefined, { ...both, manifests: 'k8s' });
  t.match(await first.verify(), /^ok/);
  t.match(first.io.out(), 'deployment/new is not there yet');
  const web = workloads.get('web');
  if (web === undefined) throw new Error('no workload');
  web.image = 'ghcr.io/acme/other:1';
  web.annotations = { 'build-once/commit': young.sha, 'build-once/digest': young.digest };
  t.match(await job(old).verify(), /^1: deployment\/web has no container with an image of/);
  t.match(await job(old, undefined, { containers: 'web' }).verify(), `${young.sha}, which descends from it`);
});

t.test('a history that is not all there', async (t) => {
  const { repository, commit, job, workloads, shop } = await makeWorld(t);
  const commits = [1, 2, 3, 4, 5].map((minute) => commit('main', minute));
  const [first, , , fourth, last] = commits;
  const web = workloads.get('web');
  if (first === undefined || fourth === undefined || last === undefined || web === undefined) throw new Error('none');
  const shallow = (of: { sha: string }) => {
    const clone = `${repository.cloneAt(of.sha)}-shallow`;
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: clone, stdio: 'ignore' });
    execFileSync('git', ['init', '--quiet', clone]);
    git('remote', 'add', 'origin', `file://${repository.remote}`);
    git('fetch', '--depth=1', 'origin', of.sha);
    git('checkout', '--quiet', '--detach', of.sha);
    return { clone, git };
  };
  web.image = `${shop}@${first.digest}`;
  t.match(await job(last, shallow(last).clone).verify(), /^ok/, 'what is shallow is deepened');
  web.image = `${shop}@${last.digest}`;
  t.match(await job(fourth, shallow(fourth).clone).verify(), `${last.sha}, which descends from it`);
  const cut = shallow(fourth);
  cut.git('fetch', '--depth=1', 'origin', last.sha);
  cut.git('remote', 'set-url', 'origin', '/nowhere');
  t.match(
    await job(fourth, cut.clone).verify(),
    /is not known: the checkout is shallow, and the rest of its history cannot be fetched/,
  );
  // Forced out of every branch, and still known to the host of the repository.
  repository.git('checkout', '--quiet', first.sha);
  const forced = commit('main', 6);
  web.image = `${shop}@${last.digest}`;
  t.match(await job(forced).verify(), `does not descend from ${last.sha}`);
});

t.test('several workloads', async (t) => {
  const { commit, job, deliver, workloads, shop, patches } = await makeWorld(t, ['web', 'worker']);
  const [old, middle, young] = [commit('main', 1), commit('main', 2), commit('main', 3)];
  await deliver(old);
  const worker = workloads.get('worker');
  if (worker === undefined) throw new Error('none');
  worker.image = `${shop}@${young.digest}`;
  const before = patches.length;
  const verdict = await job(middle).verify();
  t.match(verdict, `1: production runs a newer commit than ${middle.sha}: deployment/worker runs ${young.sha}`);
  t.notMatch(verdict, 'deployment/web');
  await deliver(young);
  t.equal(patches.length, before + 2, 'the one gets the image, the other the record of it');
  t.match(
    await job(old).verify(),
    /deployment\/web runs .*\n[\s\S]*production runs a newer commit than \w+: deployment\/worker runs/,
  );
  worker.image = 'other/image:1';
  t.match(
    await job(young).verify(),
    /^1: deployment\/worker has no container with an image of .*\nits containers: web/,
  );
  workloads.delete('worker');
  t.match(
    await job(young).verify(),
    /^1: there is no Deployment "worker" in namespace "shop"\nnext: Nothing was changed\. Correct its name/,
  );
});

t.test('two pipelines at once', async (t) => {
  const { commit, job, deliver, runs, workloads, onPatch, patches, shop } = await makeWorld(t);
  const [base, old, young] = [commit('main', 1), commit('main', 2), commit('main', 3)];
  await deliver(base);
  const slow = job(old);
  t.match(await slow.verify(), /^ok/);
  await deliver(young);
  t.match(
    await slow.deploy(),
    `1: production runs a newer commit than ${old.sha}: deployment/web runs ${young.sha}, which descends from it`,
    'between the check and the deployment',
  );
  t.equal(runs(), young.digest);

  const web = workloads.get('web');
  if (web === undefined) throw new Error('none');
  const set = (of: typeof base, record: boolean) => {
    web.image = `${shop}@${of.digest}`;
    web.version += 1;
    if (record) web.annotations = { 'build-once/commit': of.sha, 'build-once/digest': of.digest };
  };
  set(base, true);
  const racing = job(old);
  t.match(await racing.verify(), /^ok/);
  const before = patches.length;
  onPatch(() => set(young, true));
  t.match(
    await racing.deploy(),
    /^1: production runs a newer commit .*\n[\s\S]*nothing was changed before it/,
    'between the look and the write',
  );
  t.equal(patches.length, before);
  t.equal(runs(), young.digest);

  set(base, true);
  const byHand = job(old);
  t.match(await byHand.verify(), /^ok/);
  set(young, false);
  t.match(
    await byHand.deploy(),
    /^1: deployment\/web runs \S+, which it did not when verify_image looked, and no deployment has left a record of it/,
  );

  set(base, true);
  const touched = job(old);
  t.match(await touched.verify(), /^ok/);
  onPatch(() => {
    web.version += 1; // A controller has written the status.
  });
  t.match(await touched.deploy(), /^ok/, 'another change of the object is no reason to refuse');
  t.equal(runs(), old.digest);
});

t.test('two commits of one image', async (t) => {
  const { commit, job, deliver, runs, addBuilt, patches, workloads, repository, shop } = await makeWorld(t);
  const [old, middle] = [commit('main', 1), commit('main', 2)];
  // A build without labels that comes to the same bytes.
  const sha = repository.push('main', { note: 'no part of the image' });
  const young = { sha, digest: addBuilt(old.sha, 1, true, sha), minute: 1 };
  t.equal(young.digest, old.digest);
  const record = () => workloads.get('web')?.annotations['build-once/commit'];
  await deliver(old);
  const again = job(young);
  t.match(await again.verify(), /^ok/);
  t.match(await again.deploy(), /^ok: .*deployment\/web; after /);
  t.match(
    again.io.out(),
    /already, nothing to change\n.*deployment\/web: the record of its deployment is written anew\n/,
  );
  t.equal(record(), young.sha, 'the newer one counts');
  t.match(
    await job(middle).verify(),
    `1: production runs a newer commit than ${middle.sha}: deployment/web runs ${sha}`,
  );
  const before = patches.length;
  await deliver(young);
  t.equal(patches.length, before, 'the same again changes nothing');
  await deliver(old);
  t.equal(patches.length, before, 'nor does the older one');
  t.equal(record(), young.sha);

  const web = workloads.get('web');
  if (web === undefined) throw new Error('none');
  web.annotations = { 'build-once/commit': old.sha, 'build-once/digest': old.digest };
  web.image = `${shop}@${middle.digest}`;
  await deliver(middle);
  t.equal(record(), middle.sha, 'what somebody has set by hand is recorded');
  t.equal(runs(), middle.digest);
});

t.test('two commits of one image, each with manifests of its own', async (t) => {
  const { job, addBuilt, workloads, repository, shop } = await makeWorld(t);
  const web = workloads.get('web');
  if (web === undefined) throw new Error('none');
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: ${shop}:latest }] } } }
`;
  const [old, young] = [1, 2].map((one) => {
    return repository.push('main', { 'k8s/web.yaml': `# ${one}\n${manifest}` });
  });
  if (old === undefined || young === undefined) throw new Error('none');
  const digest = addBuilt(old, 1, true, young);
  const image = `${shop}@${digest}`;
  const runs = (commit: string) => {
    web.image = image;
    web.annotations = { 'build-once/commit': commit, 'build-once/digest': digest };
  };
  const manifests = { manifests: 'k8s' };
  const late = `1: production runs a newer commit than ${old}: deployment/web runs ${young}, which descends from it`;

  runs(young);
  t.match(await job({ sha: old }, undefined, manifests).verify(), late);
  t.match(await job({ sha: old }, undefined, manifests).deploy(image), late);
  runs(old);
  const overtaken = job({ sha: old }, undefined, manifests);
  t.match(await overtaken.verify(), /^ok/, 'the same again');
  runs(young);
  t.match(await overtaken.deploy(), late, 'and one that has come in between');
  runs(old);
  const next = job({ sha: young }, undefined, manifests);
  t.match(await next.verify(), /^ok/);
  t.match(next.io.out(), /the commit of this job descends from it\n/);
  web.annotations = {};
  const unknown = job({ sha: old }, undefined, manifests);
  t.match(await unknown.verify(), /^ok/, 'which nothing is recorded of');
});

t.test('verify_image was given other workloads', async (t) => {
  const { commit, job, workloads, shop } = await makeWorld(t, ['web', 'worker']);
  const [old, young] = [commit('main', 1), commit('main', 2)];
  const [web, worker] = [workloads.get('web'), workloads.get('worker')];
  if (web === undefined || worker === undefined) throw new Error('none');
  const both = job(young);
  const onlyWeb = job(young, both.io.cwd, { workloads: 'deployment/web' });
  t.match(await onlyWeb.verify(), /^ok/);
  await both.io.files.write(
    '.build-once/release.json',
    (await onlyWeb.io.files.read('.build-once/release.json')) ?? '',
  );
  t.match(await both.deploy(), /^ok/, 'nothing is known of the worker, as without any');

  worker.image = `${shop}@${old.digest}`;
  web.image = `${shop}:unreleased`;
  const swapped = job(young);
  t.match(await swapped.verify(), /^ok/);
  worker.image = `${shop}:unreleased`;
  worker.annotations = {};
  t.match(
    await swapped.deploy(),
    /^1: deployment\/worker runs \S+:unreleased, which it did not when verify_image looked/,
    'what the one ran says nothing of the other',
  );
});

t.test('images that say the same time', async (t) => {
  const { commit, repository, addBuilt, job, deliver } = await makeWorld(t);
  const byTime = { newer_by: 'build-time' };
  const young = commit('main', 1);
  const sha = repository.push('main', { more: '' });
  addBuilt(sha, 1);
  await deliver(young, byTime);
  const verdict = await job({ sha }, undefined, byTime).verify();
  t.match(
    verdict,
    `1: whether commit ${sha} is newer than ${young.sha}, which deployment/web runs, is not known: both images say that they were built 2026-01-01T00:01:00.000Z`,
  );
  t.match(verdict, 'use "newer_by: history"');
});
