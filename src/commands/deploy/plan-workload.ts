import type { Patch } from '../../kubernetes/client.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import type { Container, Deployment } from '../../kubernetes/objects.js';
import { formatWorkload, type WorkloadRef } from '../../kubernetes/workload.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
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
  /** `metadata.generation` and `spec.replicas`, as found. */
  readonly generation: number;
  readonly replicas: number;
}

/** The change of one Deployment, or why it cannot be made. */
export function planWorkload(
  ref: WorkloadRef,
  deployment: Deployment,
  image: PinnedImage,
  annotations: Readonly<Record<string, string>>,
): Result<WorkloadPlan, Failure> {
  const name = formatWorkload(ref);
  const { spec } = deployment.spec.template;
  if (deployment.spec.paused === true) {
    return fail({
      code: 1,
      cause: `${name} is paused, so it would not roll out`,
      next: `Run kubectl -n ${deployment.metadata.namespace ?? ''} rollout resume ${name}, then this job again.`,
    });
  }
  const found = findContainers(ref, deployment, image.repository);
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
    resourceVersion: deployment.metadata.resourceVersion,
    generation: deployment.metadata.generation ?? 0,
    replicas: deployment.spec.replicas ?? 1,
  };
  if (stale.length === 0) return ok({ ...plan, patch: undefined, restarts: false });
  const setImages = (containers: readonly Container[] | undefined) =>
    (containers ?? []).filter((one) => stale.includes(one)).map((one) => ({ name: one.name, image: image.reference }));
  const [containers, initContainers] = [setImages(spec.containers), setImages(spec.initContainers)];
  const body = {
    metadata: { annotations },
    spec: {
      template: {
        spec: {
          ...(containers.length === 0 ? {} : { containers }),
          ...(initContainers.length === 0 ? {} : { initContainers }),
        },
      },
    },
  };
  return ok({ ...plan, patch: { type: 'strategic', body }, restarts: true });
}

/** The plan for a workload that has the digest already, and is to get the record of its deployment. */
export function withRecord(plan: WorkloadPlan, annotations: Readonly<Record<string, string>>): WorkloadPlan {
  return {
    ...plan,
    lines: [...plan.lines, `${formatWorkload(plan.ref)}: the record of its deployment is written anew`],
    patch: { type: 'strategic', body: { metadata: { annotations } } },
  };
}

function digestOf(container: Container): string | undefined {
  return parseReference(container.image ?? '')?.digest;
}
