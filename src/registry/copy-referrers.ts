import { inParallel } from '../io/in-parallel.js';
import { fail, ok, type Result } from '../result.js';
import type { Route } from './copy-blob.js';
import type { RegistryError } from './error.js';
import type { Descriptor, Manifest } from './manifest.js';
import { announceReferrers, findReferrers } from './referrers.js';

/** What copying does with each of them. */
export interface ReferrerEvents {
  /** Copies a manifest with all that it names. */
  copy(referrer: Manifest): Promise<Result<undefined, RegistryError>>;
  onReferrer(referrer: Descriptor): void;
}

/** Lists that are asked for at the same time. */
const PARALLEL = 4;

/**
 * Copies what refers to manifests that the destination has, and what refers to that in turn, as the signature of an SBOM
 * does.
 * @param subjects digests
 */
export async function copyReferrers(
  { from, to }: Route,
  subjects: readonly string[],
  { copy, onReferrer }: ReferrerEvents,
): Promise<Result<undefined, RegistryError>> {
  const seen = new Set(subjects);
  for (let round = subjects; round.length > 0; ) {
    const found = new Map<string, readonly Descriptor[]>();
    const failure = await inParallel(round, PARALLEL, async (subject) => {
      const referrers = await findReferrers(from, subject);
      if (referrers.ok && referrers.value.length > 0) found.set(subject, referrers.value);
      return referrers;
    });
    if (failure !== undefined) return fail(failure);
    const next: string[] = [];
    for (const [subject, referrers] of found) {
      const manifests: Manifest[] = [];
      for (const referrer of referrers) {
        const manifest = await from.getManifest(referrer.digest);
        if (!manifest.ok) return manifest;
        manifests.push(manifest.value);
        const copied = await copy(manifest.value);
        if (!copied.ok) return copied;
        if (seen.has(referrer.digest)) continue;
        seen.add(referrer.digest);
        next.push(referrer.digest);
        onReferrer(referrer);
      }
      const announced = await announceReferrers(to, subject, manifests);
      if (!announced.ok) return announced;
    }
    round = next;
  }
  return ok(undefined);
}
