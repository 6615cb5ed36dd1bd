import { isRecord } from '../../../json.js';
import type { KubernetesClient } from '../../../kubernetes/client.js';
import type { KubernetesObject } from '../../../kubernetes/difference.js';
import { type ImageMatch, listContainers } from '../../../kubernetes/image-match.js';
import type { Metadata } from '../../../kubernetes/objects.js';
import { replaceImages } from '../../../kubernetes/replace-images.js';
import { formatRepository } from '../../../reference.js';
import { fail, ok, type Result } from '../../../result.js';
import { formatWorkload, type WorkloadRef } from '../../../workload.js';
import type { Failure } from '../../command.js';
import { joinFailures } from '../../failures.js';
import type { Manifest } from '../../manifests/parse-manifests.js';
import { type Apis, type Found, findResource } from './find-resource.js';
import { encodeSecret } from './secret-data.js';

/** An object of a manifest as it is to be applied. */
export interface Target extends Found {
  /** `deployment/web` */
  readonly label: string;
  readonly name: string;
  /** With the namespace, and the image in its containers. */
  readonly object: KubernetesObject;
  /** Names of the containers that got the image. */
  readonly containers: readonly string[];
  /** Where its manifest stands. */
  readonly at: string;
}

/** An object of any kind, as the API server gives it. */
export interface AppliedObject {
  readonly metadata: Metadata;
}

/** Kinds that others refer to, in the order in which they are applied; then come all others, and workloads last. */
const FIRST = [
  'NetworkPolicy',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Role',
  'RoleBinding',
  'Service',
];

/**
 * Finds out for each manifest what it is in this cluster, and puts the image into its containers. What cannot be applied
 * to the namespace is refused, all of it at once, and so is an image that nothing would run.
 * @param workloads that have to be among them, with the image
 * @returns in the order in which they are to be applied
 */
export async function findTargets(
  client: KubernetesClient,
  manifests: readonly Manifest[],
  match: ImageMatch,
  { image, workloads }: { readonly image: string; readonly workloads: readonly WorkloadRef[] },
): Promise<Result<readonly Target[], Failure>> {
  const problems: Failure[] = [];
  const targets: Target[] = [];
  const seen: string[] = [];
  const apis: Apis = new Map();
  for (const manifest of manifests) {
    const found = await findResource(client, manifest, apis);
    if (!found.ok) {
      problems.push(found.error);
      continue;
    }
    const { kind, name, object, at } = manifest;
    const replaced = replaceImages(encodeSecret(inNamespace(object, client.namespace)), match, image);
    const label = `${kind.toLowerCase()}/${name}`;
    if (replaced.all.length > 0) seen.push(`${label}: ${listContainers(replaced.all)}`);
    const { containers } = replaced;
    targets.push({ label, name, ...found.value, object: replaced.object, containers, at });
  }
  const failure = joinFailures(problems.length > 0 ? problems : findUnmatched(targets, match, workloads, seen));
  return failure === undefined ? ok(targets.toSorted((one, other) => rankOf(one) - rankOf(other))) : fail(failure);
}

/** An image that would run nowhere, and names of containers and workloads that stand for nothing. */
function findUnmatched(
  targets: readonly Target[],
  match: ImageMatch,
  workloads: readonly WorkloadRef[],
  seen: readonly string[],
): readonly Failure[] {
  const repository = formatRepository(match.repository);
  const next = 'Give a container an image of this repository (any tag), or name it with --containers.';
  if (targets.every(({ ref, containers }) => ref === undefined || containers.length === 0)) {
    const cause = `no workload in the manifests has a container with an image of ${repository}`;
    return [{ code: 1, cause, details: seen.length === 0 ? ['they have no containers'] : seen, next }];
  }
  const absent = match.containers.filter((name) => !targets.some(({ containers }) => containers.includes(name)));
  const problems: Failure[] = absent.map((name) => {
    return { code: 1, cause: `no container in the manifests is called "${name}"`, details: seen };
  });
  for (const workload of workloads.map(formatWorkload)) {
    const target = targets.find(({ ref }) => ref !== undefined && formatWorkload(ref) === workload);
    if (target === undefined) {
      const there = targets.flatMap(({ ref }) => (ref === undefined ? [] : [formatWorkload(ref)]));
      const details = [`workloads in them: ${there.length === 0 ? 'none' : there.join(', ')}`];
      problems.push({ code: 1, cause: `${workload} is not in the manifests`, details });
    } else if (target.containers.length === 0) {
      const cause = `${workload} has no container with an image of ${repository} in the manifests`;
      problems.push({ code: 1, cause, details: seen, next });
    }
  }
  return problems;
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  const { metadata } = object;
  return { ...object, metadata: { ...(isRecord(metadata) ? metadata : {}), namespace } };
}

function rankOf({ resource, ref }: Target): number {
  if (ref !== undefined) return FIRST.length + 1;
  const at = FIRST.indexOf(resource.kind);
  return at < 0 ? FIRST.length : at;
}
