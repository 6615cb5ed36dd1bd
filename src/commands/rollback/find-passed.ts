import { formatDigestReference, passedTag, type Repository } from '../../reference.js';
import { readLabels } from '../../registry/image-labels.js';
import type { Manifest } from '../../registry/manifest.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';
import { registryFailure } from '../registry-failure.js';
import type { Recorded } from '../running/deployment-record.js';
import type { To } from './read-to.js';

/** An image that an environment has passed. */
export interface Passed extends Recorded {
  readonly commit: string;
  readonly digest: string;
  /** The tag that says so. */
  readonly tag: string;
}

/**
 * Looks up what is to be gone back to, and demands that the environment has passed that very digest.
 * @param destination the repository that the workloads run it from
 */
export async function findPassed(
  opened: OpenedRepository,
  wanted: Exclude<To, { kind: 'previous' }>,
  { environment, destination }: { readonly environment: string; readonly destination: Repository },
): Promise<Result<Passed, Failure>> {
  const { registry, name } = opened;
  const named = wanted.kind === 'commit' ? ok(undefined) : await findCommit(opened, wanted.reference);
  if (!named.ok) return named;
  const commit = wanted.kind === 'commit' ? wanted.commit : (named.value?.commit ?? '');
  const tag = passedTag(environment, commit);
  const found = await registry.findManifest(tag);
  if (!found.ok) return fail(registryFailure(found.error));
  if (found.value === undefined) {
    return fail({
      code: 1,
      cause: `${environment} has never passed commit ${commit}: there is no tag ${tag} in ${name}`,
      next: 'Only what this environment has run can be gone back to. Deploy anything else by its pipeline.',
    });
  }
  const { digest } = found.value;
  if (named.value !== undefined && named.value.manifest.digest !== digest) {
    return fail({
      code: 1,
      cause: `${environment} has passed another image of commit ${commit}: ${tag} is ${digest}, but ${named.value.reference} is ${named.value.manifest.digest}`,
      next: `Go back to what it has run: --to ${commit}`,
    });
  }
  const labels = await readLabels(registry, found.value);
  if (!labels.ok) return fail(registryFailure(labels.error));
  const image = formatDigestReference(destination, digest);
  return ok({ commit, digest, created: labels.value.created, image, tag });
}

interface Named {
  readonly commit: string;
  readonly reference: string;
  readonly manifest: Manifest;
}

/** The commit of an image, which is in its label. */
async function findCommit({ registry, name }: OpenedRepository, reference: string): Promise<Result<Named, Failure>> {
  const found = await registry.findManifest(reference);
  if (!found.ok) return fail(registryFailure(found.error));
  const manifest = found.value;
  if (manifest === undefined) {
    return fail({ code: 1, cause: `there is no image ${reference} in ${name}`, next: 'Correct --to or --repository.' });
  }
  const labels = await readLabels(registry, manifest);
  if (!labels.ok) return fail(registryFailure(labels.error));
  const { revision } = labels.value;
  if (revision !== undefined) return ok({ commit: revision, reference, manifest });
  return fail({
    code: 1,
    cause: `which commit ${reference} is of is not known: it has no label org.opencontainers.image.revision`,
    next: 'Name the commit instead: --to with its full SHA.',
  });
}
