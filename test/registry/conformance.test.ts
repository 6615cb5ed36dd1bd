import t, { type Test } from 'tap';
import { copyImage } from '../../src/registry/copy.js';
import { anonymous } from '../../src/registry/credentials.js';
import { describeRegistryError, type RegistryError } from '../../src/registry/error.js';
import { digestOf, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/manifest.js';
import { findReferrers, referrersTag } from '../../src/registry/referrers.js';
import { openRegistry } from '../../src/registry/registry.js';
import type { Result } from '../../src/result.js';
import { addImage, fakeRegistry, sendError, sha256 } from '../support/fake-registry.js';
import { readText } from '../support/golden.js';
import { fakeClock, testIo } from '../support/test-io.js';

async function open(t: Test) {
  const fake = await fakeRegistry(t);
  const io = testIo({ clock: fakeClock() });
  const registry = openRegistry({ repository: { host: fake.host, path: 'shop' }, credentials: anonymous, io });
  const digest = addImage(fake, 'shop', { architecture: 'amd64', layers: ['a layer'] }, 'v1');
  return { fake, io, registry, digest };
}

function said(result: Result<unknown, RegistryError>): string {
  return result.ok ? 'no error' : describeRegistryError(result.error);
}

t.test('every test that the page names is there, and every statement has one', async (t) => {
  const page = readText('docs/registry-conformance.md') ?? '';
  const rows = page.split('\n').filter((line) => /^\| (?!What |---)/.test(line));
  t.ok(rows.length >= 35, `${rows.length} statements`);
  for (const row of rows) {
    const [, statement = '', relied = '', shown = '', end] = row
      .split(' | ')
      .join('|')
      .split('|')
      .map((cell) => cell.trim());
    t.equal(end, '', `${statement}: three cells`);
    t.match(relied, /^(?:yes|no|on this machine alone)/, statement);
    for (const one of shown.split('; ')) {
      const [, file = '', name = ''] = /^(test\/[\w/-]+\.test\.ts): (.+)$/.exec(one) ?? [];
      const source = readText(file);
      t.ok(source, `${statement}: ${one}`);
      t.ok(source?.includes(`t.test('${name}'`) || source?.includes(`t.test(\n  '${name}'`), `${file} has "${name}"`);
    }
  }
});

t.test('a tag whose HEAD has no digest', async (t) => {
  const { fake, registry, digest } = await open(t);
  fake.gate = (request, response) => {
    const found = fake.manifests.get('shop:v1');
    if (request.method === 'GET' && found) {
      return void response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
    }
    return void response.writeHead(200, { 'content-type': OCI_MANIFEST }).end();
  };
  t.strictSame(await registry.headManifest('v1'), { ok: true, value: digest }, 'the manifest is read');
  t.strictSame(fake.requests, ['HEAD /v2/shop/manifests/v1', 'GET /v2/shop/manifests/v1']);
  t.strictSame(await registry.headManifest(digest), { ok: true, value: digest });
  t.equal(fake.requests.length, 3, 'a digest is its own answer');
});

t.test('where an upload goes', async (t) => {
  const { fake, registry } = await open(t);
  const blob = Buffer.from('bytes');
  const descriptor = { mediaType: 'x', digest: sha256(blob), size: blob.length };
  const send = async (location: string | undefined) => {
    fake.requests.length = 0;
    fake.gate = (request, response) =>
      request.method === 'POST'
        ? void response.writeHead(202, location === undefined ? {} : { location }).end()
        : void response.writeHead(201).end();
    const started = await registry.startUpload(descriptor.digest);
    if (!started.ok || started.value === undefined) return said(started);
    const pieces = (async function* () {
      yield blob;
    })();
    const sent = await registry.finishUpload(started.value, descriptor, pieces);
    return sent.ok ? fake.requests.at(-1) : said(sent);
  };
  const digest = `digest=${encodeURIComponent(descriptor.digest)}`;
  const cases: Readonly<Record<string, string>> = {
    '/v2/shop/blobs/uploads/1': `PUT /v2/shop/blobs/uploads/1?${digest}`,
    '/elsewhere/1?_state=a%2Bb%3D&x=y': `PUT /elsewhere/1?_state=a%2Bb%3D&x=y&${digest}`,
    [`http://${fake.host}/v2/shop/blobs/uploads/2`]: `PUT /v2/shop/blobs/uploads/2?${digest}`,
    '3?x=y': `PUT /v2/shop/blobs/uploads/3?x=y&${digest}`,
  };
  for (const [location, expected] of Object.entries(cases)) t.equal(await send(location), expected, location);
  for (const location of [
    'http://127.0.0.1:1/x',
    'https://storage.example.com/x',
    '//example.com/x',
    'ftp://x',
    'http://',
  ]) {
    t.match(await send(location), `is not valid: it wants the upload sent to "${location}"`, location);
    t.equal(fake.requests.length, 1, 'nothing is sent there');
  }
  t.match(await send(undefined), 'it wants the upload sent to ""');
});

t.test('referrers by pages', async (t) => {
  const { fake, registry, digest } = await open(t);
  const entry = (name: string) => ({ mediaType: OCI_MANIFEST, digest: sha256(name), size: 1, artifactType: 'a/b' });
  const pages: Readonly<Record<string, readonly [manifests: readonly object[], link: string]>> = {
    [`/v2/shop/referrers/${digest}`]: [[entry('1'), entry('2')], `</v2/shop/referrers/${digest}?next=2>; rel="next"`],
    [`/v2/shop/referrers/${digest}?next=2`]: [[entry('3')], ''],
  };
  fake.gate = (request, response) => {
    const [manifests, link] = pages[request.url ?? ''] ?? [[], ''];
    response.writeHead(200, { 'content-type': OCI_INDEX, ...(link === '' ? {} : { link }) });
    return void response.end(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  };
  t.match(await registry.listReferrers(digest), {
    ok: true,
    value: ['1', '2', '3'].map((name) => ({ digest: sha256(name), artifactType: 'a/b' })),
  });
  fake.gate = (_, response) => {
    const link = '<https://example.com/next>; rel="next"';
    return void response.writeHead(200, { 'content-type': OCI_INDEX, link }).end('{"schemaVersion":2,"manifests":[]}');
  };
  t.match(said(await registry.listReferrers(digest)), /its next page is on another server$/);
  fake.gate = (_, response) => void response.writeHead(200, { 'content-type': OCI_INDEX }).end('[]');
  t.match(said(await registry.listReferrers(digest)), /the list of what refers to it is not an index$/);
  fake.gate = (_, response) => sendError(response, 403, 'DENIED', 'no');
  t.match(
    said(await registry.listReferrers(digest)),
    /^this login may not read from .*shop: no$/,
    'not taken for none',
  );
});

t.test('the tag of a list of referrers', async (t) => {
  t.equal(referrersTag(sha256('x')), sha256('x').replace(':', '-'));
  const long = digestOf(Buffer.from('x'), 'sha512:');
  t.equal(referrersTag(long), `sha512-${long.slice('sha512:'.length, 'sha512:'.length + 64)}`);
});

t.test('a registry without the referrers API', async (t) => {
  const { fake, registry, digest } = await open(t);
  const about = addImage(fake, 'shop', { architecture: 'none', subject: digest });
  const list = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ mediaType: OCI_MANIFEST, digest: about, size: 1 }],
    }),
  );
  fake.manifests.set(`shop:${referrersTag(digest)}`, { type: OCI_INDEX, bytes: list });
  for (const status of [400, 404, 405, 406]) {
    fake.gate = (request, response) =>
      request.url?.includes('/referrers/') === true ? sendError(response, status, 'UNSUPPORTED') : false;
    t.match(await findReferrers(registry, digest), { ok: true, value: [{ digest: about }] }, `${status}`);
  }
  fake.gate = (request, response) =>
    request.url?.includes('/referrers/') === true
      ? void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
      : false;
  t.match(await findReferrers(registry, digest), { ok: true, value: [{ digest: about }] }, 'a web page');
  fake.manifests.delete(`shop:${referrersTag(digest)}`);
  t.strictSame(await findReferrers(registry, digest), { ok: true, value: [] });
});

t.test('a warning changes nothing', async (t) => {
  const { fake, registry, digest } = await open(t);
  const found = fake.manifests.get('shop:v1');
  fake.gate = (_, response) =>
    void response.writeHead(200, { 'content-type': OCI_MANIFEST, warning: '299 - "soon read-only"' }).end(found?.bytes);
  t.match(await registry.getManifest('v1'), { ok: true, value: { digest } });
});

t.test('what is never asked', async (t) => {
  const { fake, io, registry, digest } = await open(t);
  const other = await fakeRegistry(t);
  const to = openRegistry({ repository: { host: other.host, path: 'copy' }, credentials: anonymous, io });
  addImage(fake, 'shop', { architecture: 'none', subject: digest, layers: ['sbom'] });
  fake.referrers = true;
  const image = await registry.getManifest(digest);
  if (!image.ok) return t.fail(said(image));
  const events = { onBlob: () => {}, onBytes: () => {}, onReferrer: () => {} };
  t.equal(said(await copyImage({ from: registry, to, io }, image.value, events)), 'no error');
  t.ok((await to.putManifest('v1', image.value)).ok);
  t.ok((await to.listTags()).ok);
  const asked = [...fake.requests, ...other.requests];
  t.ok(asked.length > 15);
  t.strictSame(
    asked.filter(
      (one) => !/^(?:GET|HEAD|POST|PUT) \/v2\/(?:shop|copy)\/(?:manifests|blobs|tags|referrers)\//.test(one),
    ),
    [],
    'no DELETE, no PATCH, no GET /v2/',
  );
  t.strictSame(
    asked.filter((one) => /^POST .*digest=|artifactType=/.test(one)),
    [],
    'no blob in a POST, and no filter',
  );
});
