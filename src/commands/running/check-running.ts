import type { Io } from '../../io/io.js';
import type { ImageMatch } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { readLabels } from '../../registry/image-labels.js';
import type { RegistryRepository } from '../../registry/registry.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload } from '../../workload.js';
import type { Failure } from '../command.js';
import { joinFailures } from '../failures.js';
import { openGit } from '../git.js';
import { findObstacle, toFailure, toWorkloadFailure } from '../kubernetes-failure.js';
import { type ClusterOptions, openCluster } from '../open-cluster.js';
import { readWorkloads } from '../read-workloads.js';
import { registryFailure } from '../registry-failure.js';
import { findContainers, listRunning, resolveTag } from './find-running.js';
import type { ReadLabels } from './identify.js';
import { type Candidate, judge } from './judge.js';

/** What was found to run. */
export interface Checked {
  /** For each image why the candidate may take its place. */
  readonly reasons: readonly string[];
  /** Of each workload (`deployment/web`) the images, as its Pod template names them. */
  readonly images: Readonly<Record<string, readonly string[]>>;
}

/**
 * Compares a candidate with all that workloads run, and looks whether it would reach their Pods, before anything is
 * changed. All that speaks against it is told at once.
 * @param match the containers that are to have the image
 * @param registry the repository that has the labels of all that was ever published
 */
export async function checkRunning(
  options: ClusterOptions & { readonly workloads: string; readonly manifests: string },
  candidate: Candidate,
  { match, registry }: { readonly match: ImageMatch; readonly registry: RegistryRepository },
  io: Io,
): Promise<Result<Checked, Failure>> {
  const refs = readWorkloads(options.workloads);
  if (!refs.ok) return refs;
  const client = await openCluster(options, io);
  if (!client.ok) return client;
  const sources = { git: openGit(io), readLabels: labelsIn(registry) };
  const reasons: string[] = [];
  const images: Record<string, readonly string[]> = {};
  const problems: Failure[] = [];
  for (const ref of refs.value) {
    const found = await client.value.get(kinds[ref.kind].resource, ref.name);
    if (!found.ok && found.error.kind === 'not-found' && options.manifests !== '') {
      reasons.push(`${formatWorkload(ref)} is not there yet`);
      continue;
    }
    if (!found.ok) {
      problems.push(toWorkloadFailure(found.error, deployRules(refs.value)));
      continue;
    }
    // A deployment would refuse it, too, but a migration comes before that. Manifests may take it away.
    const obstacle = options.manifests === '' ? findObstacle(ref, found.value, client.value.namespace) : undefined;
    if (obstacle !== undefined) {
      problems.push(obstacle);
      continue;
    }
    const containers = findContainers(ref, found.value, match);
    if (!containers.ok) {
      problems.push(containers.error);
      continue;
    }
    const listed = listRunning(ref, found.value, containers.value);
    images[formatWorkload(ref)] = listed.map(({ image }) => image);
    for (const one of listed) {
      const resolved = await resolveTag(client.value, found.value, one);
      if (!resolved.ok) {
        problems.push(toFailure(resolved.error, deployRules(refs.value)));
        continue;
      }
      for (const running of resolved.value) {
        const judged = await judge(running, candidate, sources);
        if (judged.ok) reasons.push(judged.value);
        else problems.push(judged.error);
      }
    }
  }
  const failure = joinFailures(problems);
  return failure === undefined ? ok({ reasons, images }) : fail(failure);
}

/** Reads the labels of each image once, however many workloads run it. */
function labelsIn(registry: RegistryRepository): ReadLabels {
  const known = new Map<string, ReturnType<ReadLabels>>();
  return (digest) => {
    const labels = known.get(digest) ?? readLabelsOf(digest, registry);
    known.set(digest, labels);
    return labels;
  };
}

async function readLabelsOf(digest: string, registry: RegistryRepository): ReturnType<ReadLabels> {
  const manifest = await registry.findManifest(digest);
  if (!manifest.ok) return fail(registryFailure(manifest.error));
  if (manifest.value === undefined) return ok(undefined);
  const labels = await readLabels(registry, manifest.value);
  return labels.ok ? labels : fail(registryFailure(labels.error));
}
