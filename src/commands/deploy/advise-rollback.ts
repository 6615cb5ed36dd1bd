import { isDeepStrictEqual } from 'node:util';
import { formatWorkload } from '../../workload.js';
import type { ClusterOptions } from '../open-cluster.js';
import type { WorkloadPlan } from './plan-workload.js';

/** What to run to go back by hand, where a deployment has failed and nothing was rolled back. */
export function adviseRollback(
  options: ClusterOptions & { readonly environment: string; readonly manifests: string },
  workloads: readonly WorkloadPlan[],
  hasChanged: boolean,
): string {
  const { environment, namespace, manifests, eks, region } = options;
  const done = hasChanged
    ? 'Nothing was rolled back: the workloads keep the new version.'
    : 'This run changed nothing: the workloads had this digest already.';
  const returning = workloads.filter(({ images, before }) => before !== undefined && Object.keys(images).length > 0);
  if (returning.length === 0) return `${done} There is nothing to go back to: before it they ran nothing.`;
  if (hasChanged && returning.every(({ images, before }) => isDeepStrictEqual(images, before?.images)))
    return `${done} They ran this image before, too, and a rollback returns images alone: mend the manifests, and make a new commit.`;
  const names = returning.map(({ ref }) => formatWorkload(ref)).join(',');
  const cluster = eks === '' ? '' : ` --eks ${eks} --region ${region}`;
  const command = `build-once rollback --environment ${environment} --namespace ${namespace} --workloads ${names}${cluster}`;
  const rest = manifests === '' ? '' : ' (it returns images; what else the manifests have changed stays)';
  return `${done} To go back: ${command}${rest}`;
}
