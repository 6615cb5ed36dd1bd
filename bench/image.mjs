// What the image commands cost beside crane, skopeo and docker, in one run: promotion within a repository, a copy between
// two registries, a build with nothing to do. Where counting is fairer than timing, requests and bytes are counted.
// It starts registries of its own, and removes all that it made.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushImage } from './image/content.mjs';
import { compareCopies } from './image/copy.mjs';
import { comparePromotions } from './image/promotion.mjs';
import { makeCertificate, startRegistry } from './image/registries.mjs';
import { compareStarts } from './image/starts.mjs';

const NEEDED = {
  'docker-registry': '--version',
  crane: 'version',
  skopeo: '--version',
  docker: 'info',
  openssl: 'version',
};
const missing = Object.entries(NEEDED).filter(([name, argument]) => spawnSync(name, [argument]).status !== 0);
if (missing.length > 0) {
  console.log(
    `bench/image.mjs compares with other programs, and cannot run without ${missing.map(([name]) => name).join(', ')}`,
  );
  process.exit(0);
}

const rounds = Number(process.argv[2] ?? 5);
const MEBIBYTE = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), 'image-bench-'));
const started = [];
const start = async (...args) => {
  started.push(await startRegistry(folder, ...args));
  return started.at(-1).host;
};
try {
  const tls = makeCertificate(folder);
  const plain = await start('source');
  const source = await start('source', tls);
  const commit = randomBytes(20).toString('hex');
  const sizes = Array(5).fill(100 * MEBIBYTE);
  const digest = await pushImage(`http://${plain}/v2/bench/shop`, sizes, commit);
  const program = fileURLToPath(new URL('../dist/build-once.mjs', import.meta.url));
  const env = { NODE_EXTRA_CA_CERTS: tls.certificate, SSL_CERT_FILE: tls.certificate };
  const world = { rounds, folder, plain, source, tls, commit, digest, env, program };
  await comparePromotions(world);
  await compareCopies(world);
  await compareStarts(world);
} finally {
  for (const { stop } of started) await stop();
  rmSync(folder, { recursive: true });
}
