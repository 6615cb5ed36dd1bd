import type { KubernetesClient } from '../../../kubernetes/client.js';
import { allContainers, isMatch } from '../../../kubernetes/image-match.js';
import { kinds } from '../../../kubernetes/kinds/kinds.js';
import type { Container, Workload } from '../../../kubernetes/objects.js';
import type { Resource } from '../../../kubernetes/resources.js';
import type { Rule } from '../../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../../result.js';
import type { WorkloadRef } from '../../../workload.js';
import type { Failure } from '../../command.js';
import { toFailure } from '../../kubernetes-failure.js';
import { type DeploymentRecord, readRecord } from '../../running/deployment-record.js';
import { carryPrevious, findBefore } from '../../running/previous.js';
import { readState, type State } from '../../running/state.js';
import type { Wanted } from '../look.js';
import type { WorkloadPlan } from '../plan-workload.js';
import type { AppliedObject, Target } from './find-targets.js';
import { keepReplicas } from './keep-replicas.js';
import { type Applied, type ObjectPlan, tryApply } from './plan-object.js';

/** What a workload is to be set to, and how it is applied. */
export interface Ruled extends Wanted {
  /** Whether fields are taken over that others have set to other values. */
  readonly forceConflicts: boolean;
  readonly rules: readonly Rule[];
}

/** The plan for an object, and what the API server would make of it. */
export interface LookedAt<P> {
  readonly plan: P;
  readonly applied: Applied;
}

/** Looks at an object that is no workload. */
export async function lookAtObject(
  client: KubernetesClient,
  target: Target,
  wanted: Ruled,
): Promise<Result<LookedAt<ObjectPlan>, Failure>> {
  const live = await find(client, target.resource, target, wanted.rules);
  if (!live.ok) return live;
  const applied = await tryApply(client, target, live.value, { ...wanted, annotations: {} });
  if (!applied.ok) return applied;
  const { lines, isSame, patch } = applied.value;
  const { resourceVersion } = live.value?.metadata ?? {};
  return ok({ plan: { target, lines, patch: isSame ? undefined : patch, resourceVersion }, applied: applied.value });
}

/** Looks at a workload: what would change, and whether that may be. */
export async function lookAtWorkload(
  client: KubernetesClient,
  target: Target,
  ref: WorkloadRef,
  wanted: Ruled,
): Promise<Result<LookedAt<WorkloadPlan>, Failure>> {
  const { permission, rules } = wanted;
  const { label, containers } = target;
  const kind = kinds[ref.kind];
  const found = await find(client, kind.resource, target, rules);
  if (!found.ok) return found;
  const live = found.value;
  const isOurs = containers.length > 0;
  const other = live === undefined || isOurs ? undefined : readRecord(live.metadata);
  if (other !== undefined) return fail(otherImage(label, other));
  const reasons =
    live === undefined ? ok([]) : await permission.mayReplace(ref, live, running(ref, live, target, wanted));
  if (!reasons.ok) return reasons;
  const images = Object.fromEntries(containers.map((name) => [name, wanted.image.reference]));
  const state = live && readState(ref, live, containers);
  const annotations = isOurs ? recordFor(state, images, wanted) : {};
  const object = keepReplicas(target.object, live);
  const applied = await tryApply(client, { ...target, object }, live, { ...wanted, annotations });
  if (!applied.ok) return applied;
  const { isSame, patch } = applied.value;
  const after = applied.value.after as Workload;
  const [left] = running(ref, after, target, wanted).filter(({ name }) => !containers.includes(name));
  if (left !== undefined) return fail(leftContainer(label, left));
  const obstacle = kind.findObstacle(after, client.namespace);
  if (obstacle !== undefined) return fail({ code: 1, ...obstacle, cause: `${label} ${obstacle.cause}` });
  const isRecorded = isOurs && live !== undefined && isSame && (await permission.mayRecord(ref, live));
  const isDone = isSame && !isRecorded;
  const plan = {
    ref,
    lines: [
      ...applied.value.lines,
      ...(isRecorded ? [`${label}: the record of its deployment is written anew`] : []),
      ...reasons.value,
    ],
    patch: isDone ? undefined : patch,
    before: state && beforeOf(state, images, wanted),
    after: state !== undefined && isDone ? state : readState(ref, after, containers),
    uid: live?.metadata.uid,
    resourceVersion: live?.metadata.resourceVersion,
    images,
    generation: live?.metadata.generation ?? 0,
    replicas: after.spec.replicas ?? 1,
  };
  return ok({ plan, applied: applied.value });
}

/**
 * The record that the workload gets: with what it ran before, where it was there. An apply takes away only what an apply
 * has set, so what is left of an older record is emptied.
 */
function recordFor(state: State | undefined, images: State['images'], { annotations }: Wanted): State['annotations'] {
  if (state === undefined) return annotations;
  const emptied = Object.keys(state.annotations).map((key) => [key, '']);
  return { ...Object.fromEntries(emptied), ...carryPrevious(state, images, annotations) };
}

/** What it ran before; of containers that are all new, nothing. */
function beforeOf(state: State, images: State['images'], { annotations }: Wanted): State | undefined {
  const isNew = Object.keys(images).length > 0 && Object.keys(state.images).length === 0;
  return isNew ? undefined : findBefore(state, images, annotations);
}

/** The image of another pipeline would go back to what the manifest says, which is mostly a tag of long ago. */
function otherImage(label: string, { commit, digest }: DeploymentRecord): Failure {
  return {
    code: 1,
    cause: `${label} runs an image that is deployed on its own: ${digest}, of commit ${commit}; the manifests would replace it`,
    next: 'Keep the manifests of each image in a folder of its own, or of each service.',
  };
}

/** An apply takes away only what an apply has set. What stays would run another version beside the digest. */
function leftContainer(label: string, { name, image }: Container): Failure {
  return {
    code: 1,
    cause: `${label} would keep its container "${name}" with ${image}, which is not in the manifest`,
    next: 'Others than build-once have set it, as kubectl apply, and only they can take it away by a manifest. Take it out by hand once: kubectl edit.',
  };
}

/** Those of its containers that are to get the image, whatever they run. */
function running(ref: WorkloadRef, workload: Workload, target: Target, { image, containers }: Wanted) {
  const match = { repository: image.repository, containers: [...containers, ...target.containers] };
  return allContainers(kinds[ref.kind].templateOf(workload).spec).filter((container) => isMatch(container, match));
}

/** The object, or undefined where there is none. One that is on its way out would take with it what is applied. */
async function find<T extends AppliedObject>(
  client: KubernetesClient,
  resource: Resource<T>,
  { label, name }: Target,
  rules: readonly Rule[],
): Promise<Result<T | undefined, Failure>> {
  const found = await client.get(resource, name);
  if (!found.ok) return found.error.kind === 'not-found' ? ok(undefined) : fail(toFailure(found.error, rules));
  const { deletionTimestamp, finalizers = [] } = found.value.metadata;
  if (deletionTimestamp === undefined) return found;
  return fail({
    code: 1,
    cause: `${label} is being deleted since ${deletionTimestamp}, and what is applied to it would go with it`,
    details: finalizers.map((one) => `it waits for ${one}`),
    next: 'Run this job again when it is gone.',
  });
}
