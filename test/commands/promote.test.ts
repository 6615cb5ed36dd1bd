import t, { type Test } from 'tap';
import { run as passImage } from '../../src/commands/pass-image/run.js';
import { run as promoteImage } from '../../src/commands/promote-image/run.js';
import { run as verifyImage } from '../../src/commands/verify-image/run.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/registry/manifest.js';
import { referrersTag } from '../../src/registry/referrers.js';
import { NOT_COMPARED } from '../support/comparison.js';
import { addImage, addIndex, type FakeRegistry, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { NO_LOGIN } from '../support/no-login.js';
import { fakeClock, testIo } from '../support/test-io.js';

const commit = 'c0ffee'.padEnd(40, '0');
const US = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const EU = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

/** Two registries with names of ECR, an image in the first that staging has passed, and a job of production. */
async function world(t: Test) {
  const [us, eu] = [await fakeRegistry(t), await fakeRegistry(t)];
  const hosts: Readonly<Record<string, FakeRegistry>> = { [US]: us, [EU]: eu };
  const image = addImage(us, 'shop', { architecture: 'amd64', layers: ['a layer'] });
  const tags = [commit, `staging.${commit}`];
  const digest = addIndex(us, 'shop', [{ digest: image, platform: 'linux/amd64' }], ...tags);
  const real = nodeHttp();
  const http: typeof real = (request) => {
    const url = new URL(request.url);
    return real({ ...request, url: `http://${hosts[url.host]?.host}${url.pathname}${url.search}` });
  };
  const clock = fakeClock();
  // Logins of Docker's own, so that no API of AWS is asked.
  const auths = { [US]: { auth: 'QVdTOnA=' }, [EU]: { auth: 'QVdTOnA=' } };
  const cwd = t.testdir({ config: { 'config.json': JSON.stringify({ auths }) } });
  const io = testIo({ cwd, clock, http, env: { DOCKER_CONFIG: 'config' } });
  const base = { ...NO_LOGIN, repository: `${US}/shop`, commit, directory: 'records' };
  const there = {
    destination_role: '',
    destination_username: '',
    destination_password: '',
    destination_workload_identity_provider: '',
    destination_service_account: '',
  };
  const said = (result: Awaited<ReturnType<typeof promoteImage>>) =>
    result.ok ? result.value.summary : `${result.error.code}: ${result.error.cause} | ${result.error.next ?? ''}`;
  const verify = async () =>
    said(
      await verifyImage({ ...base, ...NOT_COMPARED, environment: 'production', after: 'staging', platforms: '' }, io),
    );
  const promote = async (more: Readonly<Record<string, string | boolean>> = {}) => {
    const options = {
      ...base,
      ...there,
      destination: `${EU}/shop`,
      by: 'copy',
      image: '',
      timeout: '30m',
      dry_run: false,
    };
    return said(await promoteImage({ ...options, ...more }, io));
  };
  const pass = async () => said(await passImage({ ...base, environment: 'production', image: '', dry_run: false }, io));
  const record = async () => JSON.parse((await io.files.read('records/release.json')) ?? '');
  return { us, eu, image, digest, clock, io, verify, promote, pass, record };
}

const tagOf = ({ manifests }: FakeRegistry, tag: string) => {
  const found = manifests.get(`shop:${tag}`);
  return found && sha256(found.bytes);
};
const writes = ({ requests }: FakeRegistry) => requests.filter((one) => !/^(GET|HEAD) /.test(one));

t.test('by copy', async (t) => {
  const { us, eu, digest, io, verify, promote, pass, record } = await world(t);
  t.match(await promote(), '2: there is no records/release.json', 'the digest is looked up first');
  await verify();
  t.equal(
    await promote({ dry_run: true }),
    `would copy 2 manifests and 2 blobs (0.0 MB) to ${EU}/shop, and put the tag ${commit} on ${digest}`,
  );
  t.match(io.out(), `${sha256('a layer')} (0.0 MB) is missing.\n`);
  t.match(io.out(), `${digest} (${OCI_INDEX}) is missing.\n${EU}/shop:${commit} is missing.\n`);
  t.strictSame(writes(eu), [], 'a dry run writes nothing');
  t.equal(await promote(), `${EU}/shop@${digest} is the image of commit ${commit}, as ${US}/shop has it`);
  t.equal(tagOf(eu, commit), digest, 'the tag of the commit');
  t.equal(writes(eu).at(-1), `PUT /v2/shop/manifests/${commit}`, 'which comes last');
  t.strictSame(await record(), {
    version: 1,
    commit,
    images: [{ repository: `${EU}/shop`, digest, platforms: ['linux/amd64'], from: `${US}/shop` }],
  });
  t.match(await pass(), `production has passed ${US}/shop@${digest}`);
  t.equal(tagOf(us, `production.${commit}`), digest, 'passed where environments look');
  t.equal(tagOf(eu, `production.${commit}`), undefined);

  const before = writes(eu).length;
  t.equal(await promote({ dry_run: true }), `would change nothing: ${EU}/shop has ${digest}`);
  t.match(await promote(), /is the image of commit/);
  t.match(io.out(), `${EU}/shop:${commit} is there already, with this digest.`);
  t.equal(writes(eu).length, before, 'again: nothing is written');
});

t.test('a dry run of a copy that broke off', async (t) => {
  const { us, eu, image, digest, io, verify, promote } = await world(t);
  await verify();
  us.referrers = true;
  const signature = addImage(us, 'shop', { architecture: 'none', layers: ['a signature'], subject: digest });
  const found = us.manifests.get(`shop:${image}`);
  if (found !== undefined) eu.manifests.set(`shop:${image}`, found);
  t.match(await promote({ dry_run: true }), 'would copy 3 manifests and 2 blobs (0.0 MB)');
  t.notMatch(io.out(), `${image} (`, 'a manifest that is there has all that it names');
  t.match(io.out(), `${signature} (${OCI_MANIFEST}) is missing.`, 'what refers to the image');
  t.match(
    io.out(),
    `${referrersTag(digest)} (${OCI_INDEX}) is missing.`,
    'and the list of it, without the API for that',
  );
  t.strictSame(writes(eu), []);
});

t.test('a tag that is on something else is not moved', async (t) => {
  const { eu, digest, verify, promote } = await world(t);
  await verify();
  const other = addImage(eu, 'shop', { architecture: 'arm64' }, commit);
  const before = writes(eu).length;
  t.match(
    await promote(),
    `1: ${EU}/shop:${commit} is there already with another digest: it is ${other}, and not ${digest}`,
  );
  t.equal(writes(eu).length, before);

  // The same, put there while the image was being copied.
  const raced = await world(t);
  await raced.verify();
  raced.eu.gate = (request, response) => {
    if (request.method !== 'PUT' || !request.url?.endsWith(commit)) return false;
    addImage(raced.eu, 'shop', { architecture: 'arm64' }, commit);
    return sendError(response, 400, 'TAG_INVALID', 'The image tag already exists and cannot be overwritten');
  };
  t.match(await raced.promote(), /^1: .* is there already with another digest/);
  t.equal(await raced.record().then(({ images }) => images[0].repository), `${US}/shop`, 'nothing deploys from there');
});

t.test('by replication', async (t) => {
  const { us, eu, image, digest, clock, io, verify, promote, record } = await world(t);
  await verify();
  const replicate = (reference: string) => {
    const found = us.manifests.get(`shop:${reference}`);
    if (found !== undefined) eu.manifests.set(`shop:${reference}`, found);
  };
  // ECR brings one thing after the other, in an order of its own.
  const arrivals = [digest, commit, image];
  eu.gate = (request) => {
    if (request.method === 'HEAD' && clock.slept.length > 0) replicate(arrivals[clock.slept.length - 1] ?? '');
    return false;
  };
  const dry = { by: 'replication', dry_run: true };
  t.equal(await promote(dry), `would wait for ECR to replicate ${image} to ${EU}/shop`);
  t.match(await promote({ by: 'replication' }), `${EU}/shop@${digest} is the image of commit`);
  t.equal(await promote(dry), `would change nothing: ${EU}/shop has ${digest}`);
  t.strictSame(writes(eu), [], 'nothing is written');
  t.strictSame(clock.slept, [10_000, 10_000, 10_000]);
  t.match(io.out(), `waiting for ECR to replicate ${image}, at most 30 min`);
  t.match(await record(), { images: [{ repository: `${EU}/shop`, from: `${US}/shop` }] });

  const never = await world(t);
  await never.verify();
  const late = await never.promote({ by: 'replication', timeout: '2m' });
  t.match(
    late,
    `70: ECR has not replicated ${US}/shop@${never.digest} to ${EU}/shop within 2 min 0 s: ${never.image} is not there`,
  );
  t.match(late, 'aws ecr describe-image-replication-status --repository-name shop');
  t.match(never.io.out(), 'still waiting after', 'a line every minute');
  t.match(await never.record(), { images: [{ repository: `${US}/shop` }] });

  const other = await world(t);
  await other.verify();
  addImage(other.eu, 'shop', { architecture: 'arm64' }, commit);
  t.match(await other.promote({ by: 'replication' }), /^1: .* is there already with another digest/);
});

t.test('mistakes', async (t) => {
  const { eu, us, digest, verify, promote } = await world(t);
  await verify();
  t.match(await promote({ destination: 'EU' }), '2: --destination is "EU": expected the name of a repository');
  t.match(await promote({ destination: `${EU}/shop:latest` }), '2: --destination is');
  t.match(await promote({ destination: `${US}/shop` }), `2: the image is to be promoted to ${US}/shop, where it is`);
  t.match(await promote({ timeout: 'soon' }), '2: --timeout is "soon"');
  t.match(
    await promote({ destination_username: 'me' }),
    '2: there is a --destination-username, but no --destination-password',
  );
  t.match(
    await promote({ image: `${EU}/shop@${digest}` }),
    `2: the image ${EU}/shop@${digest} is not in the repository`,
  );
  for (const destination of [`${EU}/store`, 'ghcr.io/acme/shop'])
    t.match(
      await promote({ by: 'replication', destination }),
      `2: ECR does not replicate ${US}/shop to ${destination}`,
    );
  t.strictSame([...writes(us), ...writes(eu)], []);
});
