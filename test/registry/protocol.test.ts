import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { Http } from '../../src/io/io.js';
import { nodeHttp } from '../../src/io/node-http.js';
import { copyImage } from '../../src/registry/copy.js';
import { anonymous, type RegistryCredentials } from '../../src/registry/credentials.js';
import { describeRegistryError, type RegistryError } from '../../src/registry/error.js';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  digestOf,
  MANIFEST_LIMIT,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../src/registry/manifest.js';
import { findPlatform, readPlatforms } from '../../src/registry/platforms.js';
import { openRegistry } from '../../src/registry/registry.js';
import type { Result } from '../../src/result.js';
import {
  addImage,
  addIndex,
  type FakeRegistry,
  type Fault,
  fakeRegistry,
  sendError,
} from '../support/fake-registry.js';
import { fakeClock, testIo } from '../support/test-io.js';

const password: RegistryCredentials = { kind: 'password', username: 'me', password: 'se:cret' };

async function open(t: Test, credentials: RegistryCredentials = anonymous, http: Http = nodeHttp()) {
  const fake = await fakeRegistry(t);
  const clock = fakeClock();
  const io = testIo({ clock, http });
  const registry = openRegistry({ repository: { host: fake.host, path: 'shop' }, credentials, io });
  const digest = addImage(fake, 'shop', { architecture: 'amd64', layers: ['layer'] }, 'v1');
  return { fake, clock, registry, digest, io };
}

function said(result: Result<unknown, RegistryError>): string {
  return result.ok ? 'no error' : describeRegistryError(result.error);
}

/** Puts any bytes there, under a reference. */
const put = (fake: FakeRegistry, reference: string, type: string, value: object | Buffer) => {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  fake.manifests.set(`shop:${reference}`, { type, bytes });
  return bytes;
};
const body =
  (headers: Readonly<Record<string, string>>, bytes: string | Buffer): Fault =>
  (_, response) =>
    void response.writeHead(200, headers).end(bytes);

t.test('what a registry asks to wait for, in seconds or as a date', async (t) => {
  const { fake, clock, registry } = await open(t);
  const busy =
    (retryAfter: string): Fault =>
    (_, response) =>
      sendError(response, 429, 'TOOMANYREQUESTS', 'slow down', { 'retry-after': retryAfter });
  const inSeconds = (seconds: number) => new Date(clock.now() + seconds * 1000).toUTCString();
  fake.faults.push(busy('3'), busy(inSeconds(3 + 20)), busy(inSeconds(-60)));
  t.match(await registry.getManifest('v1'), { ok: true });
  t.strictSame(clock.slept, [3000, 20_000, 0], 'a date that is past is now');
  clock.slept.length = 0;
  fake.faults.push(busy('soon'), busy('-1'));
  t.match(await registry.getManifest('v1'), { ok: true });
  t.ok(
    clock.slept.every((wait) => wait > 0 && wait <= 1000),
    'what makes no sense is not waited for',
  );
});

t.test('digests of sha512 are verified as those of sha256 are', async (t) => {
  const { fake, registry, digest } = await open(t);
  const bytes = fake.manifests.get(`shop:${digest}`)?.bytes ?? Buffer.alloc(0);
  const long = digestOf(bytes, 'sha512:');
  put(fake, long, OCI_MANIFEST, bytes);
  // The registry states the digest that it goes by itself, which is of sha256.
  t.match(await registry.getManifest(long), { ok: true, value: { digest: long } });
  const wrong = digestOf(Buffer.from('another'), 'sha512:');
  put(fake, wrong, OCI_MANIFEST, bytes);
  t.match(said(await registry.getManifest(wrong)), `its bytes have the digest ${long}, and not sha512:`);

  const blob = Buffer.from('{"os":"linux"}');
  const name = digestOf(blob, 'sha512:');
  fake.blobs.set(name, blob);
  t.strictSame(await registry.getBlob(name), { ok: true, value: blob });
  fake.blobs.set(name, Buffer.from('{"os":"plan9"}'));
  t.match(said(await registry.getBlob(name)), `its bytes have the digest sha512:`);

  // A layer that is named by its sha512 is checked on its way, too.
  const layer = Buffer.from('x'.repeat(200_000));
  const layerDigest = digestOf(layer, 'sha512:');
  const config = JSON.parse(bytes.toString()).config;
  const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config };
  put(fake, 'long', OCI_MANIFEST, {
    ...image,
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layerDigest, size: layer.length }],
  });
  const source = await registry.getManifest('long');
  if (!source.ok) return t.fail(said(source));
  const io = testIo({ clock: fakeClock() });
  const other = await fakeRegistry(t);
  const to = openRegistry({ repository: { host: other.host, path: 'shop' }, credentials: anonymous, io });
  const events = { onBlob: () => {}, onBytes: () => {}, onReferrer: () => {} };
  other.gate = (request, response, sent) => {
    if (request.method !== 'PUT' || request.url?.includes('digest=sha512') !== true) return false;
    other.blobs.set(layerDigest, sent);
    return void response.writeHead(201).end();
  };
  fake.blobs.set(layerDigest, Buffer.from('y'.repeat(200_000)));
  t.match(said(await copyImage({ from: registry, to, io }, source.value, events)), 'its bytes have the digest');
  t.notOk(other.blobs.has(layerDigest));
  fake.blobs.set(layerDigest, layer);
  t.equal(said(await copyImage({ from: registry, to, io }, source.value, events)), 'no error');
  t.strictSame(other.blobs.get(layerDigest), layer);
});

t.test('manifests of OCI and of Docker, and none that is too large', async (t) => {
  const { fake, registry } = await open(t);
  const docker = addImage(fake, 'shop', { architecture: 'arm64', type: DOCKER_MANIFEST }, 'docker');
  t.match(await registry.getManifest('docker'), { ok: true, value: { kind: 'manifest', mediaType: DOCKER_MANIFEST } });
  const entry = {
    mediaType: DOCKER_MANIFEST,
    digest: docker,
    size: 1,
    platform: { os: 'linux', architecture: 'arm64' },
  };
  put(fake, 'list', DOCKER_LIST, { schemaVersion: 2, mediaType: DOCKER_LIST, manifests: [entry] });
  const list = await registry.getManifest('list');
  if (!list.ok) return t.fail(said(list));
  t.match(list.value, { kind: 'index', mediaType: DOCKER_LIST });
  t.strictSame(await readPlatforms(registry, list.value), { ok: true, value: ['linux/arm64'] });
  t.match(await findPlatform(registry, list.value, 'linux/arm64'), {
    ok: true,
    value: { manifest: { digest: docker } },
  });

  const image = JSON.parse(fake.manifests.get('shop:v1')?.bytes.toString() ?? '');
  const fill = (size: number) => {
    const empty = JSON.stringify({ ...image, annotations: { fill: '' } }).length;
    return { ...image, annotations: { fill: 'x'.repeat(size - empty) } };
  };
  put(fake, 'largest', OCI_MANIFEST, fill(MANIFEST_LIMIT));
  t.match(await registry.getManifest('largest'), { ok: true });
  put(fake, 'larger', OCI_MANIFEST, fill(MANIFEST_LIMIT + 1));
  t.match(said(await registry.getManifest('larger')), /shop:larger is not valid: .* more than 4194304 bytes$/);
});

t.test('an index within an index', async (t) => {
  const { fake, registry, digest } = await open(t);
  const amd = { digest, platform: 'linux/amd64' };
  const inner = addIndex(fake, 'shop', [amd, { digest, platform: 'unknown/unknown' }]);
  const arm = addImage(fake, 'shop', { architecture: 'arm64' });
  const over = (...digests: readonly string[]) => ({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [
      { mediaType: OCI_MANIFEST, digest: arm, size: 1, platform: { os: 'linux', architecture: 'arm64' } },
      ...digests.map((one) => ({ mediaType: OCI_INDEX, digest: one, size: 1 })),
    ],
  });
  put(fake, 'outer', OCI_INDEX, over(inner));
  const outer = await registry.getManifest('outer');
  if (!outer.ok) return t.fail(said(outer));
  t.strictSame(await readPlatforms(registry, outer.value), { ok: true, value: ['linux/amd64', 'linux/arm64'] });
  t.match(await findPlatform(registry, outer.value, 'linux/amd64'), { ok: true, value: { manifest: { digest } } });
  t.match(await findPlatform(registry, outer.value, 'linux/arm64'), { ok: true, value: { manifest: { digest: arm } } });
  t.strictSame(await findPlatform(registry, outer.value, 'linux/s390x'), { ok: true, value: undefined });

  const io = testIo();
  const other = await fakeRegistry(t);
  const to = openRegistry({ repository: { host: other.host, path: 'shop' }, credentials: anonymous, io });
  const events = { onBlob: () => {}, onBytes: () => {}, onReferrer: () => {} };
  t.equal(said(await copyImage({ from: registry, to, io }, outer.value, events)), 'no error');
  for (const one of [outer.value.digest, inner, digest, arm]) t.ok(other.manifests.has(`shop:${one}`), one);

  // However deep they are laid into one another, reading comes to an end.
  let deepest = inner;
  for (let depth = 0; depth < 20; depth += 1) {
    const bytes = put(fake, 'deep', OCI_INDEX, { ...over(deepest), annotations: { depth: `${depth}` } });
    deepest = digestOf(bytes);
    put(fake, deepest, OCI_INDEX, bytes);
  }
  const deep = await registry.getManifest('deep');
  if (!deep.ok) return t.fail(said(deep));
  const before = fake.requests.length;
  t.strictSame(await findPlatform(registry, deep.value, 'linux/amd64'), { ok: true, value: undefined });
  t.ok(fake.requests.length - before < 10);
});

t.test('a redirect keeps the login where it belongs', async (t) => {
  const blob = Buffer.from('{"os":"linux","architecture":"amd64"}');
  const digest = digestOf(blob);
  const { fake, registry } = await open(t, password);
  const storage = await fakeRegistry(t);
  const port = (host: string) => host.split(':')[1];
  const follow = async (location: string) => {
    for (const one of [fake, storage]) one.authorizations.length = 0;
    fake.gate = (request, response) => {
      if (request.headers.authorization === undefined) {
        return sendError(response, 401, 'X', '', { 'www-authenticate': 'Basic' });
      }
      if (request.url === '/moved') return void response.end(blob);
      return void response.writeHead(307, { location }).end();
    };
    storage.gate = (request, response) => {
      if (request.url === '/back') return void response.writeHead(302, { location: `http://${fake.host}/moved` }).end();
      return void response.end(blob);
    };
    return said(await registry.getBlob(digest));
  };
  t.equal(await follow(`http://${storage.host}/signed?X-Amz-Signature=abc`), 'no error');
  t.strictSame(storage.authorizations, [undefined], 'the same host at another port gets none');
  t.equal(await follow(`http://localhost:${port(storage.host)}/signed`), 'no error');
  t.strictSame(storage.authorizations, [undefined], 'nor does another host');
  t.equal(await follow('/moved'), 'no error');
  t.equal(new Set(fake.authorizations).size, 1, 'the same server gets it again');
  // Where the way leads over another server, whoever sent it back could have chosen the address.
  t.match(await follow(`http://${storage.host}/back`), /shop/);
  t.strictSame(storage.authorizations, [undefined]);
  t.match(fake.authorizations.at(-1) ?? '', /^(?:Basic .*)?$/);
  for (const location of ['http://example.com/', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'https:///']) {
    t.match(await follow(location), /leads to an address that is not safe to follow$/, location);
  }
});

t.test('a time-out names what it waited for', async (t) => {
  const listen = async (answer: RequestListener) => {
    const server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const real = nodeHttp();
  // A tenth of a second in place of 30, and the same code.
  const http: Http = (request) => real({ ...request, timeout: 100, idleTimeout: 100 });
  const ask = async (host: string) => {
    const io = testIo({ http, clock: fakeClock() });
    const repository = { host, path: 'shop' };
    const text = said(await openRegistry({ repository, credentials: anonymous, io }).getManifest('v1'));
    return text.replace(/over \d+\.\d s$/, 'over SECONDS');
  };
  const silent = await listen(() => {});
  t.equal(
    await ask(silent),
    `${silent}/shop cannot be reached: ${silent} did not answer GET /v2/shop/manifests/v1 within 0.1 s, in the last of 5 tries over SECONDS`,
  );
  const stuck = await listen((_, response) => {
    response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': '1000' }).write('{');
  });
  t.equal(
    await ask(stuck),
    `${stuck}/shop cannot be reached: ${stuck} sent nothing more of its answer to GET /v2/shop/manifests/v1 for 0.1 s, in the last of 5 tries over SECONDS`,
  );
  const gone = await listen(() => {});
  const [host = ''] = gone.split(':');
  t.match(await ask(`${host}:1`), /^127\.0\.0\.1:1\/shop cannot be reached: 127\.0\.0\.1:1 refused the connection/);
  t.match(await ask('registry.invalid'), /registry\.invalid is a host name that cannot be found/);
});

t.test('a web page is no manifest and no blob, whatever was asked', async (t) => {
  const { fake, registry, digest } = await open(t);
  fake.gate = body({ 'content-type': 'text/html; charset=utf-8' }, '');
  const page = /is not valid: it is a web page; a proxy or a login page may have answered$/;
  t.match(said(await registry.headManifest('v1')), page);
  t.match(said(await registry.headManifest(digest)), page, 'a HEAD by digest does not count as there');
  t.match(said(await registry.hasBlob(digest)), page);
  t.match(said(await registry.getManifest('v1')), page);
});

t.test('names go into an address as they are, or not at all', async (t) => {
  const { fake, registry } = await open(t);
  for (const reference of ['..', 'a/b', 'a%2fb', 'a?b', 'a#b', 'sha256:../../x', '', 'a\r\nx: y']) {
    await t.rejects(registry.getManifest(reference), { message: /^not a tag or digest: / }, JSON.stringify(reference));
    await t.rejects(registry.headManifest(reference), { message: /^not a tag or digest: / });
    await t.rejects(registry.getBlob(reference), { message: /^not a tag or digest: / });
  }
  t.strictSame(fake.requests, [], 'nothing was asked');
  const digest = digestOf(Buffer.from('x'));
  const from = { host: fake.host, path: 'team/other' };
  await registry.startUpload(digest, from);
  t.equal(fake.requests[0], `POST /v2/shop/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=team%2Fother`);
});
