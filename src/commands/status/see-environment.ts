import type { KubernetesClient } from '../../kubernetes/client.js';
import { allContainers } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { readRollout } from '../../kubernetes/kinds/read-rollout.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Workload } from '../../kubernetes/objects.js';
import { deployRules } from '../../kubernetes/permissions.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { parseReference } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import { type DeploymentRecord, readRecord } from '../running/deployment-record.js';

/** What an environment runs. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly namespace: string;
  readonly workloads: readonly WorkloadStatus[];
}

export interface WorkloadStatus {
  /** `deployment/web` */
  readonly workload: string;
  /** What its containers are set to: those that the record is of, or else all of them. */
  readonly images: readonly string[];
  /** Of the last deployment by this program; undefined where there was none, or somebody has changed the image since. */
  readonly record: DeploymentRecord | undefined;
  /** Whether every Pod that is wanted runs that and is available. */
  readonly isComplete: boolean;
  /** `2 of 2 replicas updated, 2 available` */
  readonly progress: string;
}

/** Reads what the workloads of a namespace run. */
export async function seeEnvironment(
  client: KubernetesClient,
  environment: string,
  refs: readonly WorkloadRef[],
): Promise<Result<EnvironmentStatus, Failure>> {
  const workloads: WorkloadStatus[] = [];
  for (const ref of refs) {
    const seen = await seeWorkload(client, ref);
    if (!seen.ok) return fail(toWorkloadFailure(seen.error, deployRules(refs)));
    workloads.push(seen.value);
  }
  return ok({ environment, namespace: client.namespace, workloads });
}

async function seeWorkload(
  client: KubernetesClient,
  ref: WorkloadRef,
): Promise<Result<WorkloadStatus, KubernetesError>> {
  const { resource, revisions, templateOf } = kinds[ref.kind];
  const found = await client.get(resource, ref.name);
  if (!found.ok) return found;
  const labels = selectorOf(found.value);
  const kept = revisions === undefined || labels === undefined ? ok([]) : await client.list(revisions, { labels });
  if (!kept.ok) return kept;
  const listed = labels === undefined ? ok([]) : await client.list(pods, { labels });
  if (!listed.ok) return listed;
  const around = { pods: listed.value, revisions: kept.value, events: [] };
  const { isComplete, progress } = readRollout(ref.kind, found.value, around);
  const all = [...new Set(allContainers(templateOf(found.value).spec).map(({ image = '' }) => image))];
  return ok({ workload: formatWorkload(ref), ...matchRecord(found.value, all), isComplete, progress });
}

function matchRecord(workload: Workload, all: readonly string[]): Pick<WorkloadStatus, 'images' | 'record'> {
  const record = readRecord(workload.metadata);
  const images = all.filter((image) => record !== undefined && parseReference(image)?.digest === record.digest);
  return images.length === 0 ? { images: all, record: undefined } : { images, record };
}
