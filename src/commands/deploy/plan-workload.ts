import type { Patch } from '../../kubernetes/client.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { Container, Workload } from '../../kubernetes/objects.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import type { PinnedImage } from '../release-record.js';
import { findContainers } from '../running/find-running.js';

/** What is to be done to one workload. */
export interface WorkloadPlan {
  readonly ref: WorkloadRef;
  /** What changes, for a person. */
  readonly lines: readonly string[];
  /** Undefined: it has the digest already. */
  readonly patch: Patch | undefined;
  /** Whether the patch replaces its Pods. */
  readonly restarts: boolean;
  /** Of the object that was looked at. */
  readonly resourceVersion: string | undefined;
  /** Names of the containers that run the repository: all of them must have the digest in the end. */
  readonly containers: readonly string[];
  /** Of the object itself: another of its name has another. */
  readonly uid: string | undefined;
  /** `metadata.generation` and `spec.replicas`, as found. */
  readonly generation: number;
  readonly replicas: number;
}

/** The change of one workload, or why it cannot be made. */
export function planWorkload(
  ref: WorkloadRef,
  workload: Workload,
  image: PinnedImage,
  annotations: Readonly<Record<string, string>>,
): Result<WorkloadPlan, Failure> {
  const name = formatWorkload(ref);
  const kind = kinds[ref.kind];
  const obstacle = kind.findObstacle(workload, workload.metadata.namespace ?? '');
  if (obstacle !== undefined) return fail({ code: 1, ...obstacle, cause: `${name} ${obstacle.cause}` });
  const found = findContainers(ref, workload, image.repository);
  if (!found.ok) return found;
  const matched = found.value;
  const stale = matched.filter((container) => digestOf(container) !== image.digest);
  const lines = matched.map((container) => {
    const from = formatVersion(container.image);
    const to = formatVersion(image.reference);
    const change = stale.includes(container) ? `${from} -> ${to}` : `${to} already, nothing to change`;
    return `${name}: container ${container.name}: ${change}`;
  });
  const plan = {
    ref,
    lines,
    containers: matched.map((container) => container.name),
    resourceVersion: workload.metadata.resourceVersion,
    uid: workload.metadata.uid,
    generation: workload.metadata.generation ?? 0,
    replicas: workload.spec.replicas ?? 1,
  };
  if (stale.length === 0) return ok({ ...plan, patch: undefined, restarts: false });
  const { containers, initContainers } = kind.templateOf(workload).spec;
  const setImages = (all: readonly Container[]) =>
    all.map((one) => (stale.includes(one) ? { ...one, image: image.reference } : one));
  // The lists whole, since a JSON merge patch, which all kinds take, replaces them; it holds for the object as it was seen.
  const spec = {
    ...(containers.some((one) => stale.includes(one)) ? { containers: setImages(containers) } : {}),
    ...(initContainers?.some((one) => stale.includes(one)) ? { initContainers: setImages(initContainers) } : {}),
  };
  const body = { metadata: { annotations }, ...kind.patchPodSpec(spec) };
  return ok({ ...plan, patch: { type: 'merge', body }, restarts: kind.resource.kind !== 'CronJob' });
}

/** The plan for a workload that has the digest already, and is to get the record of its deployment. */
export function withRecord(plan: WorkloadPlan, annotations: Readonly<Record<string, string>>): WorkloadPlan {
  return {
    ...plan,
    lines: [...plan.lines, `${formatWorkload(plan.ref)}: the record of its deployment is written anew`],
    patch: { type: 'merge', body: { metadata: { annotations } } },
  };
}

function digestOf(container: Container): string | undefined {
  return parseReference(container.image ?? '')?.digest;
}
