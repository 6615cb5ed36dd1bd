import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { copyImage } from '../../src/registry/copy.js';
import { anonymous } from '../../src/registry/credentials.js';
import { describeRegistryError } from '../../src/registry/error.js';
import { OCI_INDEX } from '../../src/registry/manifest.js';
import { openRegistry } from '../../src/registry/registry.js';
import {
  addImage,
  addIndex,
  type FakeRegistry,
  type Fault,
  fakeRegistry,
  sendError,
  sha256,
} from '../support/fake-registry.js';
import { fakeClock, testIo } from '../support/test-io.js';

const layer = (name: string) => Buffer.from(name.repeat(50_000));

/** Two images of three layers, of which one is shared, and an attestation. */
function addApplication(registry: FakeRegistry) {
  const shared = layer('shared');
  const amd = addImage(registry, 'shop', { architecture: 'amd64', layers: [shared, layer('amd')] });
  const arm = addImage(registry, 'shop', { architecture: 'arm64', layers: [shared, layer('arm')] });
  const attestation = addImage(registry, 'shop', { os: 'unknown', architecture: 'unknown', layers: ['{"_type":1}'] });
  const entries = [
    { digest: amd, platform: 'linux/amd64' },
    { digest: arm, platform: 'linux/arm64' },
    { digest: attestation, platform: 'unknown/unknown' },
  ];
  return addIndex(registry, 'shop', entries, 'commit');
}

/** Two registries, and a copy between them. */
async function route(t: Test, destination?: FakeRegistry) {
  const from = await fakeRegistry(t);
  const to = destination ?? (await fakeRegistry(t));
  const digest = addApplication(from);
  const clock = fakeClock();
  const io = testIo({ clock });
  const open = ({ host }: FakeRegistry, path: string) =>
    openRegistry({ repository: { host, path }, credentials: anonymous, io });
  const arrivals: string[] = [];
  const referrers: string[] = [];
  let bytes = 0;
  const copy = async (path = 'copy') => {
    const source = open(from, 'shop');
    const image = await source.getManifest(digest);
    if (!image.ok) return describeRegistryError(image.error);
    const events = {
      onBlob: (_: unknown, arrival: string) => void arrivals.push(arrival),
      onReferrer: ({ digest }: { readonly digest: string }) => void referrers.push(digest),
      onBytes: (count: number) => {
        bytes += count;
      },
    };
    const copied = await copyImage({ from: source, to: open(to, path), io }, image.value, events);
    return copied.ok ? 'ok' : describeRegistryError(copied.error);
  };
  return { from, to, digest, clock, io, copy, arrivals, referrers, bytes: () => bytes };
}

const isUpload = (url = '') => /\/blobs\/uploads\/[^/]+$/.test(url);
/** What was asked of one kind: `PUT /v2/copy/manifests/`. */
const asked = ({ requests }: FakeRegistry, what: string) => requests.filter((one) => one.startsWith(what));
/** Lets the first `times` requests of a kind fail. */
const failing = (fault: Fault, matches: (method: string, url: string) => boolean, times = 1): Fault => {
  let left = times;
  return (request, response, body) => {
    if (!matches(request.method ?? '', request.url ?? '') || left === 0) return false;
    left -= 1;
    return fault(request, response, body);
  };
};
const cut: Fault = (request) => void request.socket.destroy();

t.test('an index with all that it names, byte for byte', async (t) => {
  const { from, to, digest, copy, arrivals, bytes } = await route(t);
  from.referrers = true;
  t.equal(await copy(), 'ok');
  const stored = (registry: FakeRegistry, path: string) =>
    new Map(
      [...registry.manifests].flatMap(([key, { bytes }]) =>
        key.startsWith(`${path}:sha256:`) ? [[key.slice(path.length + 1), bytes.toString()]] : [],
      ),
    );
  t.strictSame(new Map([...stored(to, 'copy')].sort()), new Map([...stored(from, 'shop')].sort()));
  t.strictSame([...to.blobs.keys()].sort(), [...from.blobs.keys()].sort());
  t.equal(asked(to, 'PUT /v2/copy/manifests/').at(-1), `PUT /v2/copy/manifests/${digest}`, 'the index comes last');
  t.notOk(to.manifests.has('copy:commit'), 'no tag is put');
  t.equal(arrivals.length, from.blobs.size, 'the shared layer goes once');
  t.equal(
    bytes(),
    [...from.blobs.values()].reduce((sum, { length }) => sum + length, 0),
  );

  const before = [from.requests.length, to.requests.length];
  const parts = JSON.parse(from.manifests.get(`shop:${digest}`)?.bytes.toString() ?? '').manifests;
  const lists = [digest, ...parts.map((one: { digest: string }) => one.digest)].map(
    (one) => `GET /v2/shop/referrers/${one}`,
  );
  t.equal(await copy(), 'ok');
  t.strictSame(
    [from.requests.slice(before[0]), to.requests.slice(before[1])],
    [
      [`GET /v2/shop/manifests/${digest}`, ...lists],
      [`HEAD /v2/copy/manifests/${digest}`, `GET /v2/copy/manifests/${digest}`],
    ],
    'all there: what refers to it is asked for, and no blob is looked at',
  );
});

/** What refers to the index, to one of its images, and to what refers to the index. */
function addReferrers(registry: FakeRegistry, index: string) {
  const parts = JSON.parse(registry.manifests.get(`shop:${index}`)?.bytes.toString() ?? '');
  const add = (subject: string, artifactType: string) =>
    addImage(registry, 'shop', { architecture: 'none', subject, artifactType, layers: [artifactType] });
  const sbom = add(index, 'application/spdx+json');
  const signature = add(index, 'application/vnd.example.signature');
  const ofImage = add(parts.manifests[1].digest, 'application/vnd.example.scan');
  return { sbom, all: [sbom, signature, ofImage, add(sbom, 'application/vnd.example.signature')] };
}

/** What clients write where a registry has no referrers API. */
function tagReferrers(registry: FakeRegistry, path: string) {
  for (const [key, { bytes }] of [...registry.manifests]) {
    const { subject } = JSON.parse(bytes.toString());
    if (!key.startsWith(`${path}:sha256:`) || subject === undefined) continue;
    const tag = subject.digest.replace(':', '-');
    const there = JSON.parse(registry.manifests.get(`${path}:${tag}`)?.bytes.toString() ?? '{"manifests":[]}');
    const entries = [...there.manifests.map((one: { digest: string }) => one.digest), sha256(bytes)];
    addIndex(
      registry,
      path,
      entries.map((digest) => ({ digest, platform: 'none/none' })),
      tag,
    );
  }
}

t.test('what refers to the image, or to a part of it, comes along', async (t) => {
  for (const [source, destination] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    const what = `the API: ${source} there, ${destination} here`;
    const { from, to, digest, copy, referrers } = await route(t);
    from.referrers = source;
    to.referrers = destination;
    const { sbom, all } = addReferrers(from, digest);
    if (!source) tagReferrers(from, 'shop');
    // The destination says more of another image, which has nothing to do with this.
    addImage(to, 'copy', { architecture: 'none', subject: sha256('another'), artifactType: 'x' });
    t.equal(await copy(), 'ok', what);
    t.strictSame([...referrers].sort(), [...all].sort(), what);
    for (const one of all) {
      t.strictSame(to.manifests.get(`copy:${one}`), from.manifests.get(`shop:${one}`), `the same bytes (${what})`);
    }
    const tags = [...to.manifests.keys()].filter((key) => key.startsWith('copy:sha256-')).sort();
    const parts = JSON.parse(from.manifests.get(`shop:${digest}`)?.bytes.toString() ?? '').manifests;
    const subjects = [digest, sbom, parts[1].digest].map((one) => `copy:${one.replace(':', '-')}`).sort();
    t.strictSame(tags, destination ? [] : subjects, 'a tag stands for the list only where there is no API');
    const before = asked(to, 'PUT').length;
    t.equal(await copy(), 'ok');
    t.equal(asked(to, 'PUT').length, before, 'again: nothing is written');
  }
});

t.test('a list of referrers that others write is added to', async (t) => {
  const { from, to, digest, copy } = await route(t);
  const { all } = addReferrers(from, digest);
  tagReferrers(from, 'shop');
  const tag = digest.replace(':', '-');
  const foreign = { mediaType: 'x/y', digest: sha256('foreign'), size: 7, annotations: { by: 'another client' } };
  const list = (...manifests: readonly object[]) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, more: 1 }));
    to.manifests.set(`copy:${tag}`, { type: OCI_INDEX, bytes });
  };
  list(foreign);
  // Another client writes its own list over ours, once.
  const lists = () => asked(to, `PUT /v2/copy/manifests/${tag}`).length;
  to.gate = failing(
    (_, response) => {
      list(foreign, { ...foreign, digest: sha256('late') });
      response.writeHead(201).end();
      return undefined;
    },
    (method, url) => method === 'PUT' && url.endsWith(tag),
  );
  t.equal(await copy(), 'ok');
  t.equal(lists(), 2, 'written again, since the first did not last');
  const written = JSON.parse(to.manifests.get(`copy:${tag}`)?.bytes.toString() ?? '');
  t.strictSame(
    written.manifests.map((one: { digest: string }) => one.digest),
    [foreign.digest, sha256('late'), ...all.slice(0, 2)],
  );
  t.strictSame(written.manifests[0], foreign, 'as it was');
  t.match(written, { more: 1, manifests: { 2: { artifactType: 'application/spdx+json' } } });

  const taken = await route(t);
  addReferrers(taken.from, taken.digest);
  taken.from.referrers = true;
  addImage(taken.to, 'copy', { architecture: 'amd64' }, taken.digest.replace(':', '-'));
  t.match(await taken.copy(), /is not the index of what refers to a manifest/, 'what is no list is left alone');
});

t.test('an upload that was cut goes on from where the registry is', async (t) => {
  const { from, to, copy, bytes } = await route(t);
  const size = [...from.blobs.values()].reduce((sum, { length }) => sum + length, 0);
  to.cutAfter = 100_000;
  t.equal(await copy(), 'ok');
  t.strictSame([...to.blobs.keys()].sort(), [...from.blobs.keys()].sort());
  const [cutAt] = asked(to, 'cut PUT');
  const address = /uploads\/\d+/.exec(cutAt ?? '')?.[0] ?? 'none';
  const about = to.requests.filter((one) => one.includes(`${address}?`) || one.endsWith(address));
  t.match(about, [/^cut PUT/, /^GET /, /^PUT .*digest=/], 'cut, asked how far it is, gone on with');
  t.equal(to.started, from.blobs.size, 'no upload was started anew');
  t.ok(bytes() < size + 200_000, 'what had arrived was not sent again');

  // The registry has lost the end of it in the meantime: what is left is sent anew.
  const lossy = await route(t);
  lossy.to.cutAfter = 100_000;
  lossy.to.gate = (request) => {
    if (request.headers['content-range'] !== undefined) lossy.to.uploads.clear();
    return false;
  };
  t.equal(await lossy.copy(), 'ok');
  t.strictSame([...lossy.to.blobs.keys()].sort(), [...lossy.from.blobs.keys()].sort());
  t.ok(lossy.to.started > lossy.from.blobs.size, 'started anew');

  // A registry that keeps nothing of what was cut.
  const forgetful = await route(t);
  forgetful.to.cutAfter = 100_000;
  forgetful.to.gate = failing(
    (_, response) => sendError(response, 404, 'BLOB_UPLOAD_INVALID'),
    (method, url) => method === 'GET' && isUpload(url),
  );
  t.equal(await forgetful.copy(), 'ok');
  t.equal(forgetful.to.started, forgetful.from.blobs.size + 1);
});

t.test('inside of one registry blobs are mounted', async (t) => {
  const registry = await fakeRegistry(t);
  const { copy, arrivals } = await route(t, registry);
  // The very same server: what `route` has made as a source is not used.
  const digest = addApplication(registry);
  const io = testIo();
  const open = (path: string) =>
    openRegistry({ repository: { host: registry.host, path }, credentials: anonymous, io });
  const image = await open('shop').getManifest(digest);
  if (!image.ok) return t.fail('is there');
  // Blobs belong to a repository; the fake one keeps them in one heap, so here none is there before it is mounted.
  const mounted = new Set<string>();
  registry.mounts = true;
  registry.gate = (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (request.method === 'POST') mounted.add(url.searchParams.get('mount') ?? '');
    const blob = /^\/v2\/other\/blobs\/(sha256:.*)$/.exec(url.pathname)?.[1];
    return request.method === 'HEAD' && blob !== undefined && !mounted.has(blob)
      ? sendError(response, 404, 'BLOB_UNKNOWN')
      : false;
  };
  const seen: string[] = [];
  const events = {
    onBlob: (_: unknown, arrival: string) => void seen.push(arrival),
    onBytes: () => t.fail('no bytes'),
    onReferrer: () => t.fail('nothing refers to it'),
  };
  t.match(await copyImage({ from: open('shop'), to: open('other'), io }, image.value, events), { ok: true });
  t.strictSame(new Set(seen), new Set(['mounted']));
  t.match(asked(registry, 'POST')[0], /uploads\/\?mount=sha256%3A[0-9a-f]{64}&from=shop$/);
  t.strictSame(asked(registry, 'PUT /v2/other/blobs'), []);

  // A login that may not read the other repository: the blob is sent as any other.
  registry.gate = failing(
    (_, response) => sendError(response, 403, 'DENIED'),
    (method, url) => method === 'POST' && url.includes('mount='),
    100,
  );
  registry.blobs.clear();
  t.equal(await copy(), 'ok');
  t.ok(arrivals.includes('copied'));
});

t.test('what a fault breaks off is begun anew', async (t) => {
  const faults: Readonly<Record<string, (world: Awaited<ReturnType<typeof route>>) => void>> = {
    'the destination cuts an upload': ({ to }) => {
      to.gate = failing(cut, (method, url) => method === 'PUT' && isUpload(url));
    },
    'the destination is unwell': ({ to }) => {
      to.gate = failing(
        (_, response) => sendError(response, 503, 'UNAVAILABLE'),
        (method) => method === 'PUT',
        2,
      );
    },
    'the token ends in the middle': ({ to }) => {
      to.gate = failing(
        (_, response) => sendError(response, 401, 'UNAUTHORIZED'),
        (method, url) => method === 'PUT' && isUpload(url),
      );
    },
    'the registry forgets an upload': ({ to }) => {
      to.gate = failing(
        (_, response) => sendError(response, 404, 'BLOB_UPLOAD_UNKNOWN'),
        (method, url) => method === 'PUT' && isUpload(url),
      );
    },
    'the upload arrived, and its answer is lost': ({ to }) => {
      to.gate = failing(
        (request, _, body) => {
          to.blobs.set(sha256(body), body);
          request.socket.destroy();
          return undefined;
        },
        (method, url) => method === 'PUT' && isUpload(url),
      );
    },
    'the source cuts a layer': ({ from }) => {
      from.gate = failing(
        (request, response) => {
          response.writeHead(200, { 'content-length': 1000 }).write('half');
          setTimeout(() => request.socket.destroy(), 20);
          return undefined;
        },
        (method, url) => method === 'GET' && url.includes('/blobs/'),
        2,
      );
    },
    'the source is unwell': ({ from }) => {
      from.gate = failing(
        (_, response) => sendError(response, 500, 'UNKNOWN'),
        (method, url) => method === 'GET' && url.includes('/blobs/'),
        2,
      );
    },
  };
  for (const [what, inject] of Object.entries(faults)) {
    const world = await route(t);
    inject(world);
    t.equal(await world.copy(), 'ok', what);
    t.strictSame([...world.to.blobs.keys()].sort(), [...world.from.blobs.keys()].sort(), what);
  }
});

t.test('what stays wrong is told, and nothing stands for whole', async (t) => {
  const wrong = await route(t);
  const victim = sha256(layer('amd'));
  wrong.from.blobs.set(victim, layer('evil').subarray(0, layer('amd').length));
  t.match(await wrong.copy(), `the registry's answer for ${wrong.from.host}/shop@${victim} is not valid: it`);
  t.notOk(wrong.to.blobs.has(victim), 'bytes of another digest do not arrive');
  t.notOk(wrong.to.manifests.has(`copy:${wrong.digest}`));
  t.equal(asked(wrong.from, `GET /v2/shop/blobs/${victim}`).length, 1, 'and are not asked for again');

  const longer = await route(t);
  longer.from.blobs.set(victim, Buffer.concat([layer('amd'), layer('amd')]));
  t.match(await longer.copy(), `has more than the ${layer('amd').length} bytes that its manifest says`);
  t.notOk(longer.to.blobs.has(victim));

  const lost = await route(t);
  lost.from.blobs.delete(victim);
  t.match(await lost.copy(), `there is no blob ${lost.from.host}/shop@${victim}`);

  const denied = await route(t);
  denied.to.gate = failing(
    (_, response) => sendError(response, 403, 'DENIED', 'no push'),
    (method) => method === 'POST',
    99,
  );
  t.match(await denied.copy(), `this login may not write to ${denied.to.host}/copy: no push`);

  const elsewhere = await route(t);
  elsewhere.to.gate = failing(
    (_, response) => void response.writeHead(202, { location: 'http://127.0.0.1:1/steal' }).end(),
    (method) => method === 'POST',
    99,
  );
  t.match(await elsewhere.copy(), 'it wants the upload sent to "http://127.0.0.1:1/steal"');

  const down = await route(t);
  down.from.gate = failing(cut, (method, url) => method === 'GET' && url.includes('/blobs/'), 99);
  t.match(await down.copy(), `${down.from.host}/shop cannot be reached`, 'the source is blamed, not the destination');
  t.notOk(down.to.manifests.size > 0, 'nothing is written');

  const gone = await route(t);
  gone.to.gate = failing(cut, (method, url) => method === 'PUT' && isUpload(url), 99);
  t.match(await gone.copy(), `${gone.to.host}/copy cannot be reached`);
});

t.test('a run that broke off is taken up by another', async (t) => {
  const world = await route(t);
  let sent = 0;
  world.to.gate = (request, response) => {
    if (request.method !== 'PUT' || !isUpload(request.url)) return false;
    sent += 1;
    return sent > 3 ? sendError(response, 403, 'DENIED') : false;
  };
  t.match(await world.copy(), /may not write/);
  const there = world.to.blobs.size;
  t.equal(there, 3);
  world.to.gate = undefined;
  world.arrivals.length = 0;
  const before = asked(world.to, 'PUT').filter((one) => one.includes('/blobs/')).length;
  t.equal(await world.copy(), 'ok');
  const uploads = asked(world.to, 'PUT').filter((one) => one.includes('/blobs/')).length - before;
  t.equal(uploads, world.from.blobs.size - there, 'only what was missing is sent');
  t.equal(world.arrivals.filter((arrival) => arrival === 'there').length, there);
});

t.test('a large layer is never held in memory', { timeout: 60_000 }, async (t) => {
  const size = 192 * 1024 * 1024;
  const piece = Buffer.alloc(64 * 1024, 'x');
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += piece.length) hash.update(piece);
  const blob = `sha256:${hash.digest('hex')}`;
  const listen = async (answer: RequestListener) => {
    const server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    t.teardown(() => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const source = await listen((_, response) => {
    response.writeHead(200, { 'content-length': size });
    let left = size / piece.length;
    const write = () => {
      while (left > 0) {
        left -= 1;
        if (!response.write(piece)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  });
  let arrived = 0;
  let most = 0;
  const destination = await listen((request, response) => {
    request.on('data', (data: Buffer) => {
      arrived += data.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    });
    request.on('end', () => {
      if (request.method === 'HEAD') response.writeHead(404).end();
      else if (request.method === 'POST') response.writeHead(202, { location: '/v2/a/blobs/uploads/1' }).end();
      else response.writeHead(201).end();
    });
  });
  const io = testIo();
  const open = (host: string) => openRegistry({ repository: { host, path: 'a' }, credentials: anonymous, io });
  const { copyBlob } = await import('../../src/registry/copy-blob.js');
  const before = process.memoryUsage().arrayBuffers;
  const descriptor = { mediaType: 'x', digest: blob, size };
  const copied = await copyBlob({ from: open(source), to: open(destination), io }, descriptor, () => {});
  t.match(copied, { ok: true, value: 'copied' });
  t.equal(arrived, size);
  t.ok(most - before < 64 * 1024 * 1024, `${Math.round((most - before) / 1024 / 1024)} MB were held at most`);
});
