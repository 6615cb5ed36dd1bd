import { isDeepStrictEqual } from 'node:util';
import type { Patch } from '../../kubernetes/client.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import type { Workload } from '../../kubernetes/objects.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { findObstacle } from '../kubernetes-failure.js';
import { findContainers } from '../running/find-running.js';
import { carryPrevious, findBefore } from '../running/previous.js';
import { readState, type State, setState } from '../running/state.js';
import type { Wanted } from './look.js';

/** What is to be done to one workload. */
export interface WorkloadPlan {
  readonly ref: WorkloadRef;
  /** What changes, for a person. */
  readonly lines: readonly string[];
  /** Undefined: it has the digest already. */
  readonly patch: Patch | undefined;
  /**
   * What it ran before this deployment, which an earlier run of the same commit may have begun; undefined where it was not
   * there, or had none of the containers.
   */
  readonly before: State | undefined;
  /** What it is to be. */
  readonly after: State;
  /** Of the object that was looked at. */
  readonly resourceVersion: string | undefined;
  /** Of the object itself: another of its name has another. */
  readonly uid: string | undefined;
  /** Images that its containers must have in the end, by name: all of them that run the repository. */
  readonly images: Readonly<Record<string, string>>;
  /** `metadata.generation` and `spec.replicas`, as found. */
  readonly generation: number;
  readonly replicas: number;
}

/** The change of one workload, or why it cannot be made. */
export function planWorkload(
  ref: WorkloadRef,
  workload: Workload,
  { image, containers: names, annotations }: Pick<Wanted, 'image' | 'containers' | 'annotations'>,
): Result<WorkloadPlan, Failure> {
  const name = formatWorkload(ref);
  const obstacle = findObstacle(ref, workload, workload.metadata.namespace ?? '');
  if (obstacle !== undefined) return fail(obstacle);
  const matched = findContainers(ref, workload, { repository: image.repository, containers: names });
  if (!matched.ok) return matched;
  const images: Record<string, string> = {};
  const lines = matched.value.map((container) => {
    const isDone = parseReference(container.image ?? '')?.digest === image.digest;
    images[container.name] = isDone && container.image !== undefined ? container.image : image.reference;
    const to = formatVersion(image.reference);
    const change = isDone ? `${to} already, nothing to change` : `${formatVersion(container.image)} -> ${to}`;
    return `${name}: container ${container.name}: ${change}`;
  });
  const found = readState(ref, workload, Object.keys(images));
  const plan = {
    ref,
    lines,
    images,
    resourceVersion: workload.metadata.resourceVersion,
    uid: workload.metadata.uid,
    generation: workload.metadata.generation ?? 0,
    replicas: workload.spec.replicas ?? 1,
  };
  const before = findBefore(found, images, annotations);
  if (isDeepStrictEqual(images, found.images)) return ok({ ...plan, patch: undefined, before, after: found });
  const after = { images, annotations: carryPrevious(found, images, annotations) };
  return ok({ ...plan, patch: setState(ref, workload, after), before, after });
}

/** The plan for a workload that has the digest already, and is to get the record of its deployment. */
export function withRecord(
  plan: WorkloadPlan,
  workload: Workload,
  annotations: Readonly<Record<string, string>>,
): WorkloadPlan {
  const { images } = plan;
  const after = { images, annotations: carryPrevious(plan.after, images, annotations) };
  return {
    ...plan,
    lines: [...plan.lines, `${formatWorkload(plan.ref)}: the record of its deployment is written anew`],
    patch: setState(plan.ref, workload, after),
    after,
  };
}
