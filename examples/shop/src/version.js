import { readFile } from 'node:fs/promises';

/**
 * What is running: the release and the commit are built into the image (see Dockerfile), the image's own reference can
 * only be told from outside, by whoever deploys it.
 */
export async function readVersion(env) {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  return {
    version: env.APP_VERSION || manifest.version,
    commit: env.APP_COMMIT || null,
    image: env.APP_IMAGE || null,
  };
}
