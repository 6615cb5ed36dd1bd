import type { KubernetesClient } from '../../kubernetes/client.js';
import { allContainers } from '../../kubernetes/image-match.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import { readRollout } from '../../kubernetes/kinds/read-rollout.js';
import type { KubernetesError } from '../../kubernetes/kubernetes-error.js';
import type { Workload } from '../../kubernetes/objects.js';
import { findPodProblems } from '../../kubernetes/pod-problems.js';
import { pods } from '../../kubernetes/resources.js';
import { selectorOf } from '../../kubernetes/selector.js';
import { parseReference } from '../../reference.js';
import { ok, type Result } from '../../result.js';
import { formatWorkload, type WorkloadRef } from '../../workload.js';
import type { Failure } from '../command.js';
import { type DeploymentRecord, readRecord } from '../running/deployment-record.js';

/** An environment to look at. */
export interface Place {
  readonly environment: string;
  readonly namespace: string;
  /** The environment that a commit comes from; undefined: it is not compared. */
  readonly after: string | undefined;
  readonly workloads: readonly WorkloadRef[];
  readonly open: () => Promise<Result<KubernetesClient, Failure>>;
  /** What the cluster refuses, as a person is told of it. */
  readonly explain: (error: KubernetesError) => Failure;
}

/** What an environment runs. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly namespace: string;
  readonly after: string | undefined;
  readonly workloads: readonly WorkloadStatus[];
  /** Those that could not be read, and why, each cause once. */
  readonly unread: readonly string[];
  readonly problems: readonly Failure[];
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
  /** What keeps it from that, where a Pod or the workload itself says so. */
  readonly problem: string | undefined;
}

/** Reads what the workloads of an environment run. One that cannot be read does not hide the others. */
export async function seeEnvironment(place: Place): Promise<EnvironmentStatus> {
  const { environment, namespace, after } = place;
  const workloads: WorkloadStatus[] = [];
  const unread: string[] = [];
  const problems = new Map<string, Failure>();
  const client = await place.open();
  const seen = client.ok ? await Promise.all(place.workloads.map((ref) => seeWorkload(client.value, ref))) : [];
  if (!client.ok) problems.set(client.error.cause, client.error);
  for (const [at, ref] of place.workloads.entries()) {
    const one = seen[at];
    if (one?.ok === true) workloads.push(one.value);
    else unread.push(formatWorkload(ref));
    if (one?.ok === false) {
      const { kind, message } = one.error;
      // Told with all the rights that are needed, so once is enough.
      const key = kind === 'forbidden' ? kind : message;
      if (!problems.has(key)) problems.set(key, place.explain(one.error));
    }
  }
  return { environment, namespace, after, workloads, unread, problems: [...problems.values()] };
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
  const rollout = readRollout(ref.kind, found.value, around);
  const { isComplete, progress } = rollout;
  const problems = [...rollout.pods.flatMap((pod) => findPodProblems(pod)), ...rollout.problems];
  const [worst] = isComplete ? [] : problems.sort((left, right) => left.grace - right.grace);
  const all = [...new Set(allContainers(templateOf(found.value).spec).map(({ image = '' }) => image))];
  return ok({
    workload: formatWorkload(ref),
    ...matchRecord(found.value, all),
    isComplete,
    progress,
    problem: worst?.cause,
  });
}

function matchRecord(workload: Workload, all: readonly string[]): Pick<WorkloadStatus, 'images' | 'record'> {
  const record = readRecord(workload.metadata);
  const images = all.filter((image) => record !== undefined && parseReference(image)?.digest === record.digest);
  return images.length === 0 ? { images: all, record: undefined } : { images, record };
}
