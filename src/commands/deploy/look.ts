import type { KubernetesClient, Patch } from '../../kubernetes/client.js';
import { allContainers, formatVersion, isImageOf, listContainers } from '../../kubernetes/image-match.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Container, Deployment } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { deployments, pods, replicaSets } from '../../kubernetes/resources.js';
import { formatSelector } from '../../kubernetes/rollout.js';
import { formatWorkload, type WorkloadRef } from '../../kubernetes/workload.js';
import { formatRepository, parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { toFailure } from '../kubernetes-failure.js';
import type { PinnedImage } from '../release-record.js';

/** What is to be done to one workload. */
export interface WorkloadPlan {
  readonly ref: WorkloadRef;
  /** What changes, for a person. */
  readonly lines: readonly string[];
  /** Undefined: it has the digest already. */
  readonly patch: Patch | undefined;
  /** Names of the containers that run the repository: all of them must have the digest in the end. */
  readonly containers: readonly string[];
  /** `metadata.generation` and `spec.replicas`, as found. */
  readonly generation: number;
  readonly replicas: number;
}

/**
 * Looks at every workload and plans its change. All problems are found before anything is changed: the API server is
 * asked to take each patch in a dry run, and whatever the wait will have to read is read once.
 */
export async function look(
  client: KubernetesClient,
  refs: readonly WorkloadRef[],
  image: PinnedImage,
  annotations: Readonly<Record<string, string>>,
): Promise<Result<readonly WorkloadPlan[], Failure>> {
  const plans: WorkloadPlan[] = [];
  const problems: Failure[] = [];
  const refuse = (error: KubernetesError) => problems.push(toFailure(error, deployRules));
  for (const ref of refs) {
    const found = await client.get(deployments, ref.name);
    if (!found.ok) {
      refuse(found.error);
      continue;
    }
    const planned = planWorkload(ref, found.value, image, annotations);
    if (!planned.ok) {
      problems.push(planned.error);
      continue;
    }
    plans.push(planned.value);
    const { patch } = planned.value;
    const accepted = patch && (await client.patch(deployments, ref.name, patch, { dryRun: true }));
    if (accepted?.ok === false) refuse(accepted.error);
    const labels = formatSelector(found.value.spec.selector);
    for (const resource of [replicaSets, pods]) {
      const readable = await client.list<unknown>(resource, { labels });
      if (!readable.ok) refuse(readable.error);
    }
  }
  const [first, ...others] = problems;
  if (first === undefined) return ok(plans);
  const details = [...(first.details ?? []), ...others.flatMap((one) => [one.cause, ...(one.details ?? [])])];
  const next = ['Nothing was changed.', first.next].filter((text) => text !== undefined).join(' ');
  return fail({ ...first, details: [...new Set(details)], next });
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
  const matched = allContainers(spec).filter((container) => isImageOf(container, image.repository));
  if (matched.length === 0) {
    return fail({
      code: 1,
      cause: `${name} has no container with an image of ${formatRepository(image.repository)}`,
      details: [`its containers: ${listContainers(allContainers(spec))}`],
      next: 'Give the container an image of this repository once (any tag), or take the workload off the list.',
    });
  }
  const stale = matched.filter((container) => digestOf(container) !== image.digest);
  const lines = matched.map((container) => {
    const from = formatVersion(container.image);
    const to = formatVersion(image.reference);
    const change = stale.includes(container) ? `${from} -> ${to}` : `${to} already, nothing to change`;
    return `${name}: container ${container.name}: ${change}`;
  });
  const found = {
    ref,
    lines,
    containers: matched.map((container) => container.name),
    generation: deployment.metadata.generation ?? 0,
    replicas: deployment.spec.replicas ?? 1,
  };
  if (stale.length === 0) return ok({ ...found, patch: undefined });
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
  return ok({ ...found, patch: { type: 'strategic', body } });
}

function digestOf(container: Container): string | undefined {
  return parseReference(container.image ?? '')?.digest;
}
