import { isDeepStrictEqual } from 'node:util';
import type { Patch } from '../../kubernetes/client.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import type { Workload } from '../../kubernetes/objects.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { findObstacle } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';
import { PREVIOUS, readRecord } from '../running/deployment-record.js';
import { findContainers } from '../running/find-running.js';
import { keepPrevious, readPrevious } from '../running/previous.js';
import { readState, type State, setState } from '../running/state.js';

/** What is to be done to one workload. */
export interface WorkloadPlan {
  readonly ref: WorkloadRef;
  /** What changes, for a person. */
  readonly lines: readonly string[];
  /** Undefined: it has the digest already. */
  readonly patch: Patch | undefined;
  /** What it ran before this deployment, which an earlier run of the same commit may have begun. */
  readonly before: State;
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
  image: PinnedImage,
  annotations: Readonly<Record<string, string>>,
): Result<WorkloadPlan, Failure> {
  const name = formatWorkload(ref);
  const obstacle = findObstacle(ref, workload, workload.metadata.namespace ?? '');
  if (obstacle !== undefined) return fail(obstacle);
  const matched = findContainers(ref, workload, image.repository);
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
  if (isDeepStrictEqual(images, found.images)) {
    const begun = isRecordOf(found.annotations, annotations) ? readPrevious(workload.metadata) : undefined;
    return ok({ ...plan, patch: undefined, before: begun ?? found, after: found });
  }
  const after = { images, annotations: { ...annotations, ...keepPrevious(found, 'deploy') } };
  return ok({ ...plan, patch: setState(ref, workload, after), before: found, after });
}

/** The plan for a workload that has the digest already, and is to get the record of its deployment. */
export function withRecord(
  plan: WorkloadPlan,
  workload: Workload,
  annotations: Readonly<Record<string, string>>,
): WorkloadPlan {
  const { [PREVIOUS]: previous } = plan.after.annotations;
  const after = {
    images: plan.images,
    annotations: { ...annotations, ...(previous === undefined ? {} : { [PREVIOUS]: previous }) },
  };
  return {
    ...plan,
    lines: [...plan.lines, `${formatWorkload(plan.ref)}: the record of its deployment is written anew`],
    patch: setState(plan.ref, workload, after),
    after,
  };
}

/** Whether a record is of the same commit and digest. */
function isRecordOf(annotations: State['annotations'], wanted: State['annotations']): boolean {
  const [one, other] = [readRecord({ annotations }), readRecord({ annotations: wanted })];
  return one !== undefined && one.commit === other?.commit && one.digest === other.digest;
}
