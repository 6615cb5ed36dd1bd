// An image that nothing can compress, written to a registry without the code that is measured.
import { createHash, randomFillSync } from 'node:crypto';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const sha256 = (bytes) => {
  const hash = createHash('sha256');
  // It takes less than 2 GiB at once.
  for (let at = 0; at < bytes.length; at += 2 ** 30) hash.update(bytes.subarray(at, at + 2 ** 30));
  return `sha256:${hash.digest('hex')}`;
};

/**
 * Pushes an image of layers of random bytes, each a tar archive of one file, so that Docker can unpack it.
 * @param repository its address, `http://host/v2/path` or `https:`
 * @param sizes bytes in each layer
 * @returns the digest, which the tags are on
 */
export async function pushImage(repository, sizes, ...tags) {
  const layers = [];
  for (const [index, size] of sizes.entries()) {
    const layer = tarOf(`random-${index}`, size);
    layers.push(await pushBlob(repository, layer, 'application/vnd.oci.image.layer.v1.tar'));
  }
  const diffs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const text = JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs: diffs });
  const config = await pushBlob(repository, Buffer.from(text), 'application/vnd.oci.image.config.v1+json');
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }));
  for (const reference of [sha256(body), ...tags]) await put(`${repository}/manifests/${reference}`, body, MANIFEST);
  return sha256(body);
}

/** A tar archive of one file of random bytes, whole blocks of it. */
function tarOf(name, size) {
  const content = Math.floor(size / 512) * 512;
  const tar = Buffer.alloc(content + 3 * 512);
  tar.write(name, 0);
  tar.write('0000644\0', 100);
  tar.write(`${content.toString(8).padStart(11, '0')}\0`, 124);
  tar.write('00000000000\0        0', 136);
  tar.write('ustar\x0000', 257);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  for (let at = 512; at < 512 + content; at += 2 ** 20) {
    randomFillSync(tar, at, Math.min(2 ** 20, 512 + content - at));
  }
  return tar;
}

async function pushBlob(repository, bytes, mediaType) {
  const digest = sha256(bytes);
  const started = await fetch(`${repository}/blobs/uploads/`, { method: 'POST' });
  const address = new URL(started.headers.get('location') ?? '', started.url);
  address.searchParams.set('digest', digest);
  await put(address, bytes, 'application/octet-stream');
  return { mediaType, digest, size: bytes.length };
}

async function put(address, body, type) {
  const { status } = await fetch(address, { method: 'PUT', headers: { 'content-type': type }, body });
  if (status !== 201) throw new Error(`PUT ${address} was answered with ${status}`);
}
