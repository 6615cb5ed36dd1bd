import { formatWorkload } from '../../workload.js';
import { isForeignImage } from './base-images.js';
import { chooseRepository } from './choose-repository.js';
import type { Facts } from './detect.js';
import { isSameEnvironment } from './environments.js';
import { repositoryOf, type Workload } from './manifests.js';
import type { Place } from './repository.js';

/** The workloads of an environment that run the image, as `deployment/web`, and the namespace that they are in. */
export interface Workloads {
  readonly workloads: readonly string[];
  readonly namespace: { readonly name: string; readonly at: Place } | undefined;
}

/** Workloads of an environment whose image is the one that is built; those of one namespace, the commonest. */
export function chooseWorkloads(facts: Facts, environment: string, repository: string, application: string): Workloads {
  const own = facts.manifests.workloads.filter(
    (workload) => workload.environment === undefined || isSameEnvironment(workload.environment, environment),
  );
  // The repository that was given may be another than the manifests have as yet.
  const known = [repository, ...(chooseRepository(facts, application)?.all ?? [])];
  const ours = own.filter(({ images }) => images.some((image) => isOurs(image, known)));
  const counts = new Map<string, Workload[]>();
  for (const one of ours) {
    if (one.namespace === undefined) continue;
    counts.set(one.namespace, [...(counts.get(one.namespace) ?? []), one]);
  }
  const [commonest] = [...counts].sort(([, a], [, b]) => b.length - a.length);
  const first = commonest?.[1][0];
  const namespace = commonest === undefined || first === undefined ? undefined : { name: commonest[0], at: first.at };
  const there = ours.filter((one) => one.namespace === undefined || one.namespace === namespace?.name);
  const inCharts = facts.charts.flatMap(({ workloads }) => workloads.map(formatWorkload));
  const names = [...new Set([...there.map(formatWorkload), ...inCharts])];
  const overlay = facts.manifests.overlays.find((one) => isSameEnvironment(one.environment, environment));
  const fromOverlay = overlay?.namespace === undefined ? undefined : { name: overlay.namespace, at: overlay.at };
  return { workloads: names, namespace: fromOverlay ?? namespace };
}

/** A placeholder (`IMAGE`, `shop`) stands for the image that is built, unless it is a well-known image of others. */
function isOurs(image: string, known: readonly string[]): boolean {
  if (isForeignImage(image)) return false;
  const repository = repositoryOf(image);
  return repository === undefined || known.includes(repository);
}
