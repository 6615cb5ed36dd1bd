import t, { type Test } from 'tap';
import { apiUrl, isLoopback } from '../../src/registry/address.js';
import { parseChallenges } from '../../src/registry/challenge.js';
import { anonymous, type RegistryCredentials } from '../../src/registry/credentials.js';
import { cleanText, describeRegistryError, type RegistryError } from '../../src/registry/error.js';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  digestOf,
  isSamePlatform,
  type Manifest,
  makeIndex,
  OCI_INDEX,
  OCI_MANIFEST,
  readManifest,
} from '../../src/registry/manifest.js';
import { findPlatform, readPlatforms } from '../../src/registry/platforms.js';
import { openRegistry } from '../../src/registry/registry.js';
import type { Result } from '../../src/result.js';
import { addImage, type Fault, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { fakeClock, testIo } from '../support/test-io.js';

const password: RegistryCredentials = { kind: 'password', username: 'me', password: 'se:cret' };

async function open(t: Test, credentials: RegistryCredentials = anonymous) {
  const fake = await fakeRegistry(t);
  const clock = fakeClock();
  const repository = { host: fake.host, path: 'shop' };
  const io = testIo({ clock });
  const registry = openRegistry({ repository, credentials, io });
  const digest = addImage(fake, 'shop', { architecture: 'amd64' }, 'v1');
  return { fake, clock, registry, digest, io };
}

function said(result: Result<unknown, RegistryError>): string {
  return result.ok ? 'no error' : describeRegistryError(result.error);
}

const cut: Fault = (request) => {
  request.socket.destroy();
  return undefined;
};
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (_, response) =>
    sendError(response, code, 'UNAVAILABLE', 'come back', headers);

t.test('lists tags by pages', async (t) => {
  const { fake, registry, digest } = await open(t, password);
  const all = Array.from({ length: 25 }, (_, index) => `t${index}`);
  for (const tag of all) addImage(fake, 'shop', { architecture: 'amd64' }, tag);
  addImage(fake, 'shop2', { architecture: 'amd64' }, 'other');
  fake.pageSize = 10;
  const listed = await registry.listTags();
  t.same(listed.ok && [...listed.value].sort(), [...all, 'v1'].sort());
  t.equal(fake.requests.length, 3, 'three pages');

  const pages = async (link: string) => {
    fake.gate = (_, response) => void response.writeHead(200, { link }).end('{"tags":["a", 1, "../x"]}');
    return said(await registry.listTags());
  };
  t.match(await pages('<https://evil.example/v2/shop/tags/list>; rel="next"'), /its next page is on another server$/);
  t.match(await pages('<//evil.example/x>; rel=next'), /another server$/);
  t.match(await pages('</v2/shop/tags/list?n=1000>; rel="next"'), /go round in a circle$/);
  t.equal(await pages('</v2/shop/tags/list>; rel="prev"'), 'no error');
  fake.gate = (_, response) => void response.end('[]');
  t.match(said(await registry.listTags()), /is not a list of tags$/);
  fake.gate = (_, response) => void response.end('{"tags":null}');
  t.same(await registry.listTags(), { ok: true, value: [] });
  fake.gate = (_, response) => sendError(response, 403, 'DENIED', 'no');
  t.match(said(await registry.listTags()), /^this login may not list the tags of .*shop: no$/);
  fake.gate = undefined;

  const other = addImage(fake, 'shop', { architecture: 'arm64' });
  const got = await registry.getManifest(other);
  if (!got.ok) return t.fail(said(got));
  t.ok((await registry.moveTag('v1', got.value)).ok, 'a tag is moved');
  t.same(await registry.headManifest('v1'), { ok: true, value: other });
  const back = await registry.getManifest(digest);
  if (!back.ok) return t.fail(said(back));
  fake.faults.push(cut);
  t.ok((await registry.moveTag('v1', back.value)).ok, 'though the connection is cut');
  t.same(await registry.headManifest('v1'), { ok: true, value: digest });
  fake.faults.push(cut);
  t.match(said(await registry.putManifest('v1', got.value)), /cannot be moved/, 'what is no pointer stays');
});

t.test('reads and writes', async (t) => {
  const { fake, registry, digest } = await open(t);
  t.same(await registry.headManifest('v1'), { ok: true, value: digest });
  t.same(await registry.headManifest('v2'), { ok: true, value: undefined });
  t.same(await registry.findManifest('v2'), { ok: true, value: undefined });
  t.equal(said(await registry.getManifest('v2')), `there is no manifest ${fake.host}/shop:v2`);
  const got = await registry.getManifest('v1');
  if (!got.ok) return t.fail(said(got));
  t.match(got.value, { kind: 'manifest', mediaType: OCI_MANIFEST, digest });
  t.same(await readPlatforms(registry, got.value), { ok: true, value: ['linux/amd64'] });

  t.ok((await registry.putManifest('v2', got.value)).ok);
  t.same(fake.manifests.get('shop:v2'), fake.manifests.get('shop:v1'), 'the same bytes under the same type');
  t.match(said(await registry.getBlob(sha256('none'))), /there is no blob .*shop@sha256:/);
  await t.rejects(
    registry.getManifest('../../other'),
    { message: /not a tag or digest/ },
    'a name cannot leave its place',
  );
});

t.test('faults of the moment', async (t) => {
  const { fake, clock, registry, digest, io } = await open(t);
  fake.faults.push(status(500), cut, status(408));
  t.same(await registry.headManifest('v1'), { ok: true, value: digest });
  t.equal(clock.slept.length, 3);
  t.ok(
    clock.slept.every((wait, index) => wait >= 250 * 2 ** index && wait <= 500 * 2 ** index),
    'it backs off, with jitter',
  );
  t.match(
    io.err().split('\n'),
    [
      /^127\.0\.0\.1:\d+ answered 500: trying again in 0\.\d s \(attempt 2 of 5\)$/,
      /^127\.0\.0\.1:\d+ closed the connection.*: trying again in \d\.\d s \(attempt 3 of 5\)$/,
      /^127\.0\.0\.1:\d+ answered 408: trying again in \d\.\d s \(attempt 4 of 5\)$/,
      /^$/,
    ],
    'and says so: a server that hangs would mean minutes of silence',
  );

  clock.slept.length = 0;
  fake.faults.push(status(429, { 'retry-after': '7' }), status(503, { 'retry-after': '9999' }));
  t.match(await registry.getManifest('v1'), { ok: true });
  t.same(clock.slept, [7000, 60_000], 'as long as the registry says, but not for hours');

  fake.faults.push(...Array.from({ length: 5 }, () => status(503)));
  t.match(
    said(await registry.getManifest('v1')),
    /^127\.0\.0\.1:\d+ answered 503 \(Service Unavailable\) for 127\.0\.0\.1:\d+\/shop, in the last of 5 tries over \d+\.\d s: come back$/,
  );
  fake.faults.push(...Array.from({ length: 5 }, () => cut));
  t.match(
    said(await registry.getManifest('v1')),
    /shop cannot be reached: 127\.0\.0\.1:\d+ closed the connection.*, in the last of 5 tries over \d+\.\d s$/,
  );

  const half: Fault = (_, response) => {
    response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': '1000' });
    response.write('{"schemaVersion"', () => response.destroy());
    return undefined;
  };
  fake.faults.push(half);
  t.match(await registry.getManifest('v1'), { ok: true }, 'a body that was cut off is read again');
});

t.test('answers that are not valid', async (t) => {
  const { fake, registry, digest } = await open(t);
  const body =
    (type: string, text: string, headers: Readonly<Record<string, string>> = {}): Fault =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type, ...headers }).end(text);
      return undefined;
    };
  const cases: readonly (readonly [string, Fault, RegExp])[] = [
    ['v1', body('text/html; charset=utf-8', '<html>'), /shop:v1 is not valid: it is a web page/],
    ['v1', body(OCI_MANIFEST, '{"a'), /expected a manifest in JSON, found 3 bytes/],
    ['v1', body(OCI_MANIFEST, '[]'), /expected a manifest in JSON/],
    ['v1', body(OCI_MANIFEST, '{}', { 'docker-content-digest': digest }), /its bytes have the digest sha256:4413/],
    [digest, body(OCI_MANIFEST, '{}'), /its bytes have the digest sha256:4413/],
    ['v1', body(OCI_MANIFEST, '{}'), /has no config/],
    ['v1', body('text/plain', '{}'), /of the type "text\/plain"/],
    ['v1', body(OCI_INDEX, JSON.stringify({ mediaType: OCI_MANIFEST })), /says of itself that it is/],
    ['v1', body(OCI_INDEX, '{"manifests":[{"digest":"sha256:../x"}]}'), /entry that cannot be read/],
    ['v1', body(OCI_MANIFEST, ' '.repeat(4 * 1024 * 1024 + 1)), /more than 4194304 bytes/],
    [
      'v1',
      (_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('no'),
      /does not look like a registry/,
    ],
    ['v1', (_, response) => void response.writeHead(418).end(), /refused .*:v1 with 418 \(I'm a Teapot\)$/],
    ['v1', (_, response) => sendError(response, 403, 'DENIED', 'a\u001b[31m\nb'), /may not read from .*: a \[31m b$/],
    [
      'v1',
      (_, response) => void response.writeHead(307, { location: 'http://example.com/' }).end(),
      /not safe to follow/,
    ],
  ];
  for (const [reference, fault, expected] of cases) {
    fake.faults.push(fault);
    t.match(said(await registry.getManifest(reference)), expected);
  }
  const config = sha256('{"os":"linux","architecture":"amd64"}');
  fake.faults.push(body('application/json', '{"os":"plan9"}'));
  t.match(said(await registry.getBlob(config)), /shop@sha256:.* is not valid: its bytes have the digest/);
});

t.test('a write is repeated only when it did not arrive', async (t) => {
  const { fake, registry, digest } = await open(t);
  const got = await registry.getManifest('v1');
  if (!got.ok) return t.fail(said(got));
  const puts = () => fake.requests.filter((line) => line.startsWith('PUT')).length;
  /** Stores what was sent, and fails nevertheless. */
  const storeThen =
    (fault: Fault): Fault =>
    (request, response, body) => {
      fake.manifests.set('shop:v2', { type: OCI_MANIFEST, bytes: body });
      return fault(request, response, body);
    };
  fake.faults.push(storeThen(cut));
  t.ok((await registry.putManifest('v2', got.value)).ok);
  t.equal(puts(), 1, 'it had arrived');
  fake.faults.push(cut);
  t.ok((await registry.putManifest('v3', got.value)).ok);
  t.equal(puts(), 3, 'it had not arrived');

  const before = puts();
  fake.faults.push((_, response) => sendError(response, 400, 'DIGEST_INVALID', 'provided digest did not match'));
  t.ok((await registry.putManifest('v3.1', got.value)).ok, 'its digest is right, whatever the registry says of it');
  t.equal(puts(), before + 2);
  fake.faults.push(storeThen((_, response) => sendError(response, 400, 'DIGEST_INVALID')));
  t.ok((await registry.putManifest('v2', got.value)).ok);
  t.equal(puts(), before + 3, 'looked for, and not sent again');

  const other = addImage(fake, 'shop', { architecture: 'arm64' });
  const stored = fake.manifests.get(`shop:${other}`);
  fake.faults.push((request, response, body) => {
    if (stored !== undefined) fake.manifests.set('shop:v4', stored);
    return status(500)(request, response, body);
  });
  const lost = await registry.putManifest('v4', got.value);
  t.match(lost, { ok: false, error: { kind: 'immutable-tag', tag: 'v4' } });
  t.match(said(lost), other);
  t.equal(puts(), before + 4, 'the tag of somebody else is not written over');

  // An answer that does not state the digest: what the tag is on is looked up.
  fake.faults.push(storeThen((_, response) => void response.writeHead(201).end()));
  t.ok((await registry.putManifest('v2', got.value)).ok);
  fake.faults.push((_, response) => void response.writeHead(201).end());
  t.match(said(await registry.putManifest('v4', got.value)), other);
  fake.faults.push((_, response) => void response.writeHead(201).end());
  t.match(said(await registry.putManifest('v6', got.value)), /v6 is not valid: sha256:\w+ was sent, and is not there/);

  for (const [code, text] of [
    [
      400,
      "The image tag 'v5' already exists in the 'shop' repository and cannot be overwritten because the repository is immutable.",
    ],
    [412, 'configured as immutable'],
  ] as const) {
    fake.faults.push((_, response) => sendError(response, code, 'TAG_INVALID', text));
    t.match(await registry.putManifest('v5', got.value), { ok: false, error: { kind: 'immutable-tag' } });
  }
  fake.faults.push((_, response) => sendError(response, 403, 'DENIED', 'no'));
  t.match(said(await registry.putManifest('v5', got.value)), /this login may not write to .*shop: no$/);
  fake.faults.push((_, response) => void response.writeHead(201, { 'docker-content-digest': sha256('x') }).end());
  t.match(said(await registry.putManifest('v5', got.value)), /says that it has stored sha256:/);
  t.equal(digest, got.value.digest);
});

t.test('logins', async (t) => {
  t.test('basic', async (t) => {
    const { fake, registry } = await open(t, password);
    const expected = `Basic ${Buffer.from('me:se:cret').toString('base64')}`;
    fake.gate = (request, response) =>
      request.headers.authorization === expected
        ? false
        : sendError(response, 401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="it"' });
    t.match(await registry.getManifest('v1'), { ok: true });
    t.match(await registry.getManifest('v1'), { ok: true });
    t.same(fake.authorizations, [undefined, expected, expected], 'asked for once, kept from then on');
    fake.gate = (_, response) =>
      sendError(response, 401, 'UNAUTHORIZED', 'bad', { 'www-authenticate': 'Basic realm="it"' });
    const before = fake.requests.length;
    t.match(said(await registry.getManifest('v1')), /does not accept the login for .*shop: bad$/);
    t.equal(fake.requests.length, before + 1, 'a password that was refused is not sent again');
    const nobody = openRegistry({ repository: registry.repository, credentials: anonymous, io: testIo() });
    t.match(said(await nobody.getManifest('v1')), /asks for a login to use .*shop, and none was found$/);
  });

  t.test('bearer', async (t) => {
    const { fake, registry } = await open(t, password);
    let issued = 0;
    let good = '';
    fake.gate = (request, response) => {
      if (request.url?.startsWith('/token') === true) {
        issued += 1;
        good = `t${issued}`;
        response.end(JSON.stringify(issued === 1 ? { token: good } : { access_token: good }));
        return undefined;
      }
      if (request.headers.authorization === `Bearer ${good}`) return false;
      const scope = `repository:shop:pull${request.method === 'PUT' ? ',push' : ''}`;
      return sendError(response, 401, 'UNAUTHORIZED', '', {
        'www-authenticate': `Bearer realm="http://${fake.host}/token",service="reg, istry",scope="${scope}"`,
      });
    };
    const got = await registry.getManifest('v1');
    t.equal(fake.requests[1], 'GET /token?service=reg%2C+istry&scope=repository%3Ashop%3Apull');
    t.match(fake.authorizations[1], /^Basic /);
    good = 'ended in the middle';
    t.match(await registry.getManifest('v1'), { ok: true }, 'a token that ended is replaced');
    t.equal(issued, 2);
    good = 'needs push';
    if (got.ok) t.match(await registry.putManifest('v9', got.value), { ok: true });
    t.match(fake.requests.at(-2), /scope=repository%3Ashop%3Apull%2Cpush$/);

    fake.gate = (request, response) =>
      request.url?.startsWith('/token') === true
        ? void response.end('{"token":"x"}')
        : sendError(response, 401, 'DENIED', '', {
            'www-authenticate': `Bearer realm="http://${fake.host}/token",error="insufficient_scope"`,
          });
    t.match(said(await registry.getManifest('v1')), /this login may not read from/);
    fake.gate = (request, response) =>
      request.url?.startsWith('/token') === true
        ? void response.writeHead(401).end('{}')
        : sendError(response, 401, 'X', '', { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` });
    t.match(said(await registry.getManifest('v1')), /does not accept the login .* gave no token \(status 401\)$/);
    fake.gate = (_, response) =>
      sendError(response, 401, 'X', '', { 'www-authenticate': 'Bearer realm="http://auth.example.com/token"' });
    t.match(said(await registry.getManifest('v1')), /sends logins to "http:\/\/auth\.example\.com\/token"/);
  });

  t.test('a refresh token', async (t) => {
    const { fake, registry } = await open(t, { kind: 'identity-token', token: 'refresh me' });
    let form = '';
    fake.gate = (request, response, body) => {
      if (request.method === 'POST') {
        form = body.toString();
        response.end('{"access_token":"a"}');
        return undefined;
      }
      if (request.headers.authorization === 'Bearer a') return false;
      return sendError(response, 401, 'X', '', { 'www-authenticate': `Bearer realm="http://${fake.host}/token"` });
    };
    t.match(await registry.getManifest('v1'), { ok: true });
    t.match(form, 'grant_type=refresh_token&refresh_token=refresh+me');
  });

  t.test('a redirect to another host does not get the login', async (t) => {
    const { fake, registry } = await open(t, password);
    const storage = await fakeRegistry(t);
    const blob = Buffer.from('{"os":"linux","architecture":"amd64"}');
    storage.gate = (_, response) => void response.end(blob);
    fake.gate = (request, response) => {
      if (request.headers.authorization === undefined) {
        return sendError(response, 401, 'X', '', { 'www-authenticate': 'Basic' });
      }
      return void response.writeHead(307, { location: `http://${storage.host}/signed` }).end();
    };
    t.same(await registry.getBlob(sha256(blob)), { ok: true, value: blob });
    t.same(storage.authorizations, [undefined]);
  });
});

t.test('challenges', async (t) => {
  t.same(parseChallenges('Basic realm="a \\"b\\", c", Bearer realm=x ,scope="y"'), [
    { scheme: 'basic', parameters: { realm: 'a "b", c' } },
    { scheme: 'bearer', parameters: { realm: 'x', scope: 'y' } },
  ]);
  t.same(parseChallenges('Negotiate'), [{ scheme: 'negotiate', parameters: {} }]);
  t.same(parseChallenges('="'), []);
});

t.test('addresses', async (t) => {
  t.equal(apiUrl('docker.io'), 'https://registry-1.docker.io');
  t.equal(apiUrl('ghcr.io'), 'https://ghcr.io');
  t.equal(apiUrl('localhost:5000'), 'http://localhost:5000');
  t.equal(apiUrl('[::1]:5000'), 'http://[::1]:5000');
  t.equal(apiUrl('127.8.9.1'), 'http://127.8.9.1');
  t.equal(apiUrl('10.0.0.1:5000'), 'https://10.0.0.1:5000');
  t.notOk(isLoopback('127.0.0.1.example.com'));
  t.notOk(isLoopback('localhost.example.com'));
});

t.test('manifests', async (t) => {
  const image = (mediaType: string, name: string): Manifest => {
    const bytes = Buffer.from(name);
    const config = { mediaType: 'x', digest: sha256('c'), size: 1 };
    return { kind: 'manifest', mediaType, bytes, digest: digestOf(bytes), config, layers: [] };
  };
  const images = [
    { platform: 'linux/arm64', manifest: image(OCI_MANIFEST, 'b') },
    { platform: 'linux/arm/v7', manifest: image(DOCKER_MANIFEST, 'aa') },
  ];
  const index = makeIndex(images);
  t.equal(
    Buffer.from(index.bytes).toString(),
    `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[{"mediaType":"${OCI_MANIFEST}","digest":"${sha256('b')}","size":1,"platform":{"architecture":"arm64","os":"linux"}},{"mediaType":"${DOCKER_MANIFEST}","digest":"${sha256('aa')}","size":2,"platform":{"architecture":"arm","os":"linux","variant":"v7"}}]}`,
  );
  t.match(readManifest(index.bytes, OCI_INDEX, index.digest), {
    ok: true,
    value: { kind: 'index', manifests: [{ platform: 'linux/arm64' }, { platform: 'linux/arm/v7' }] },
  });
  t.equal(makeIndex(images.slice(1)).mediaType, DOCKER_LIST);
  t.match(digestOf(Buffer.from('x'), 'sha512:'), /^sha512:[0-9a-f]{128}$/);
  t.ok(isSamePlatform('linux/arm64/v8', 'linux/arm64'));
  t.ok(isSamePlatform('linux/arm', 'linux/arm/v7'));
  t.notOk(isSamePlatform('linux/arm/v6', 'linux/arm'));
  t.notOk(isSamePlatform('linux/amd64/v3', 'linux/amd64'));
  t.notOk(isSamePlatform('windows/amd64', 'linux/amd64'));
});

t.test('platforms in an index are believed only when the config agrees', async (t) => {
  const { fake, registry, digest } = await open(t);
  const entry = { mediaType: OCI_MANIFEST, digest, size: 1 };
  const text = JSON.stringify({
    schemaVersion: 2,
    manifests: [
      { ...entry, platform: { os: 'linux', architecture: 'arm64' } },
      { ...entry, platform: { os: 'linux', architecture: 'amd64' } },
      { ...entry, platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  });
  fake.manifests.set('shop:both', { type: OCI_INDEX, bytes: Buffer.from(text) });
  const index = await registry.getManifest('both');
  if (!index.ok) return t.fail(said(index));
  t.same(await readPlatforms(registry, index.value), { ok: true, value: ['linux/amd64', 'linux/arm64'] });
  t.match(await findPlatform(registry, index.value, 'linux/amd64'), { ok: true, value: { manifest: { digest } } });
  t.same(await findPlatform(registry, index.value, 'linux/arm64'), { ok: true, value: undefined });
  t.same(await findPlatform(registry, index.value, 'linux/s390x'), { ok: true, value: undefined });
});

t.test('words of strangers', async (t) => {
  t.equal(cleanText('a\r\n\u001b[1mb\u2028c'), 'a [1mb c');
  t.equal(cleanText('x'.repeat(500)).length, 300);
});
