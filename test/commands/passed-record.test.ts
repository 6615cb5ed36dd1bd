import t, { type Test } from 'tap';
import { run as passImage } from '../../src/commands/pass-image/run.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import { DOCKER_MANIFEST } from '../../src/registry/manifest.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { addImage, addIndex, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { NO_LOGIN } from '../support/no-login.js';
import { said } from '../support/said.js';
import { fakeClock, testIo } from '../support/test-io.js';

const commit = 'c0ffee'.padEnd(40, '0');
const user = '01234567-89ab-cdef-0123-456789abcdef';
const job = 'https://app.circleci.com/jobs/github/acme/shop/7';
const claims = Buffer.from(JSON.stringify({ sub: `org/o/project/p/user/${user}/vcs-origin/x` })).toString('base64url');
const env = { CIRCLE_BUILD_URL: job, CIRCLE_PIPELINE_ID: 'p-1', CIRCLE_OIDC_TOKEN_V2: `x.${claims}.y` };

/** A registry with the image of the commit, which staging passes and production verifies. */
async function world(t: Test, type?: string) {
  const fake = await fakeRegistry(t);
  const image = addImage(fake, 'shop', { architecture: 'amd64', ...(type === undefined ? {} : { type }) });
  const index = type === undefined ? addIndex(fake, 'shop', [{ digest: image, platform: 'linux/amd64' }]) : image;
  const found = fake.manifests.get(`shop:${index}`);
  if (found !== undefined) fake.manifests.set(`shop:${commit}`, found);
  const io = testIo({ cwd: t.testdir({}), clock: fakeClock(), env });
  const base = { ...NO_LOGIN, repository: `${fake.host}/shop`, commit, directory: 'records' };
  const pass = async () =>
    said(
      await passImage({ ...base, environment: 'staging', image: `${base.repository}@${index}`, dry_run: false }, io),
    );
  const verified = async () => {
    const options = { ...base, ...NOT_COMPARED, environment: 'production', after: 'staging', platforms: '' };
    return said(await verifyImage(options, io));
  };
  /** The lines of the proof that say who has passed it. */
  const verify = async () => {
    const before = io.out().length;
    t.match(await verified(), /^ok: /);
    return /^passed by: [\s\S]*(?=^running:)/m.exec(io.out().slice(before))?.[0].trimEnd();
  };
  const record = `shop:staging.${commit}.record`;
  return { fake, io, index, pass, verified, verify, record, repository: base.repository };
}

for (const type of [undefined, DOCKER_MANIFEST]) {
  t.test(`the proof says who has passed it and when (${type ?? 'an index'})`, async (t) => {
    const { fake, index, pass, verify, record } = await world(t, type);
    t.match(await pass(), /^ok/);
    t.equal(
      await verify(),
      `passed by:   staging (tag staging.${commit})
             at 2026-01-01T00:00:00.000Z
             by ${job}
             for user ${user}`,
    );
    const image = fake.manifests.get(`shop:${index}`);
    const kept = fake.manifests.get(record);
    t.equal(kept?.type, image?.type);
    t.strictSame(
      JSON.parse(String(kept?.bytes)),
      {
        ...JSON.parse(String(image?.bytes)),
        annotations: {
          'build-once/digest': index,
          'build-once/passed-at': '2026-01-01T00:00:00.000Z',
          'build-once/user': user,
          'build-once/job': job,
          'build-once/pipeline': 'p-1',
        },
      },
      'the manifest of the image, which names nothing that is not there',
    );
    t.strictSame(fake.manifests.get(`shop:staging.${commit}`), image, 'the tag is on the image itself');
    t.equal(fake.started, 0, 'nothing is uploaded');
  });
}

t.test('without a record the proof says less', async (t) => {
  const { fake, pass, verify, record, repository } = await world(t);
  await pass();
  const start = `passed by:   staging (tag staging.${commit})\n             by which job and when is not`;
  const kept = fake.manifests.get(record);
  const change = (annotations: object) => {
    const bytes = Buffer.from(JSON.stringify({ ...JSON.parse(String(kept?.bytes)), annotations }));
    if (kept !== undefined) fake.manifests.set(record, { ...kept, bytes });
  };
  const none = `${start} recorded: ${repository}:staging.${commit}.record is no record of this digest`;
  for (const annotations of [
    {},
    { 'build-once/digest': sha256('another'), 'build-once/passed-at': '2026-01-01' },
    { 'build-once/digest': 7, 'build-once/passed-at': ['2026-01-01'] },
  ]) {
    change(annotations);
    t.equal(await verify(), none);
  }
  fake.manifests.delete(record);
  t.equal(await verify(), none, 'passed before there were records, or by hand');
  if (kept !== undefined) fake.manifests.set(record, { ...kept, bytes: Buffer.from('<html>') });
  t.match(await verify(), `${start} known: the registry's answer for `, 'what is no manifest stops no deployment');
});

t.test('a record that cannot be written leaves the tag as it is', async (t) => {
  const { fake, io, index, pass, record } = await world(t);
  fake.gate = (request, response) =>
    request.method === 'PUT' && request.url?.endsWith('.record') === true
      ? sendError(response, 403, 'DENIED', 'no more tags')
      : false;
  t.match(await pass(), /^ok: staging has passed/);
  t.equal(sha256(fake.manifests.get(`shop:staging.${commit}`)?.bytes ?? ''), index);
  t.notOk(fake.manifests.has(record));
  t.match(io.out(), 'Who has passed it, and when, is not recorded in ');

  // Another job puts the tag between the look and the write: it is that job which has passed it.
  const raced = await world(t);
  raced.fake.gate = (request, response) => {
    const found = raced.fake.manifests.get(`shop:${commit}`);
    if (request.method !== 'PUT' || found === undefined) return false;
    raced.fake.manifests.set(`shop:staging.${commit}`, found);
    return sendError(response, 400, 'TAG_INVALID', 'The image tag already exists and cannot be overwritten');
  };
  t.match(await raced.pass(), /^ok: staging has passed/);
  t.notOk(raced.fake.manifests.has(raced.record));
});

t.test('the tag and its record are written at once, and a record alone proves nothing', async (t) => {
  const { fake, io, pass, verified, verify, record } = await world(t);
  const waiting: (() => void)[] = [];
  // Neither is answered before both are there. Then the registry takes the record, and not the tag.
  fake.gate = ({ method, url = '', headers }, response, bytes) => {
    if (method !== 'PUT') return false;
    waiting.push(() => {
      if (!url.endsWith('.record')) return sendError(response, 403, 'DENIED', 'no more tags');
      fake.manifests.set(record, { type: headers['content-type'] ?? '', bytes });
      response.writeHead(201, { 'docker-content-digest': sha256(bytes) }).end();
    });
    if (waiting.length === 2) for (const answer of waiting) answer();
    return undefined;
  };
  t.match(await pass(), /^1: /);
  t.ok(fake.manifests.has(record));
  t.match(await verified(), `1: staging has not passed commit ${commit}: there is no tag staging.${commit} in `);

  await io.clock.sleep(60_000);
  fake.gate = ({ method, url = '' }, response) =>
    method === 'PUT' && url.endsWith('.record')
      ? sendError(response, 400, 'TAG_INVALID', 'The image tag already exists and cannot be overwritten')
      : false;
  t.match(await pass(), /^ok: staging has passed/, 'where no tag can be replaced');
  t.notMatch(io.out(), 'is not recorded');
  t.match(await verify(), 'at 2026-01-01T00:00:00.000Z', 'the record of the first attempt');
});
