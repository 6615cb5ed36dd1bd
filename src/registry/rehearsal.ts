import { ok } from '../result.js';
import type { Manifest } from './manifest.js';
import type { RegistryRepository } from './registry.js';

/** A repository that is read and never written. */
export interface Rehearsal {
  /** Reads the real one, and what was put here on top of it. An upload ends at once, as one that needs no bytes. */
  readonly registry: RegistryRepository;
  /** What would have been put, by tag or digest. */
  readonly put: ReadonlyMap<string, Manifest>;
}

/** Lets whoever writes to a repository find out what it would write. */
export function rehearse(real: RegistryRepository): Rehearsal {
  const put = new Map<string, Manifest>();
  const keep = async (reference: string, manifest: Manifest) => {
    put.set(reference, manifest);
    return ok(undefined);
  };
  const found = (reference: string) => {
    const manifest = put.get(reference);
    return manifest === undefined ? undefined : ok(manifest);
  };
  const registry: RegistryRepository = {
    ...real,
    headManifest: async (reference) => {
      const manifest = put.get(reference);
      return manifest === undefined ? real.headManifest(reference) : ok(manifest.digest);
    },
    getManifest: async (reference) => found(reference) ?? real.getManifest(reference),
    findManifest: async (reference) => found(reference) ?? real.findManifest(reference),
    putManifest: keep,
    moveTag: keep,
    startUpload: async () => ok(undefined),
  };
  return { registry, put };
}
