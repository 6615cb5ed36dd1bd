import { join } from 'node:path';
import { readManifests } from '../../commands/manifests/read-manifests.js';
import type { Environment } from '../../delivery/delivery.js';
import type { Io } from '../../io/io.js';
import { findKind } from '../../kubernetes/kinds/kinds.js';
import { deployRules, manifestRules } from '../../kubernetes/permissions.js';
import { guessResource } from '../../kubernetes/resources.js';
import type { Rule } from '../../kubernetes/rule.js';

/** What it takes to apply the manifests of environments, by job, and what is not known of it. */
export interface ManifestRules {
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  readonly notes: readonly string[];
}

/** Reads the kinds in the manifests of a repository. A kustomization is built, by the program that is at hand. */
export async function readManifestRules(
  environments: readonly Environment[],
  directory: string,
  io: Io,
): Promise<ManifestRules> {
  const rules = new Map<string, readonly Rule[]>();
  const notes: string[] = [];
  for (const { name, job, target } of environments) {
    if (target.manifests === undefined) continue;
    const read = await readManifests(join(directory, target.manifests), io);
    if (read.ok) {
      const applied = read.value.map(({ apiVersion, kind }) => guessResource(apiVersion, kind));
      const awaited = read.value.flatMap(({ apiVersion, kind }) => findKind(apiVersion, kind) ?? []);
      rules.set(job, [...deployRules(awaited.map((kind) => ({ kind }))), ...manifestRules(applied)]);
    } else {
      notes.push(
        `the Role for ${name} has no rules for ${target.manifests}: ${read.error.cause}; it needs get, patch and create of each kind in it`,
      );
    }
  }
  return { rules, notes };
}
