import { join } from 'node:path';
import type { Io } from '../io/io.js';
import { parseJson, stringAt } from '../json.js';
import { digestOf, type Manifest, readManifest } from '../registry/manifest.js';

/**
 * The manifest of `release.json`, beside it, so that whoever puts another tag on it need not ask the registry for it
 * again. It is no more than a copy: what is missing or not of the digest is asked for.
 */
const NAME = 'manifest.json';

/** Keeps the very bytes of a manifest in `directory`. */
export async function keepManifest(io: Io, directory: string, manifest: Manifest): Promise<void> {
  await io.files.write(join(directory, NAME), Buffer.from(manifest.bytes).toString('utf8'));
}

/** The manifest that was kept in `directory`; undefined where it is not that of `digest`, or does not name its type. */
export async function readKeptManifest(io: Io, directory: string, digest: string): Promise<Manifest | undefined> {
  const text = await io.files.read(join(directory, NAME));
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  if (digestOf(bytes, digest) !== digest) return undefined;
  const manifest = readManifest(bytes, stringAt(parseJson(text), 'mediaType') ?? '', digest);
  return manifest.ok ? manifest.value : undefined;
}
