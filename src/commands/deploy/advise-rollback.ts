import type { ClusterOptions } from '../open-cluster.js';

/** What to run to go back by hand, where a deployment has failed and nothing was rolled back. */
export function adviseRollback(
  options: ClusterOptions & { readonly environment: string; readonly workloads: string },
  hasChanged: boolean,
): string {
  const { environment, namespace, workloads, eks, region } = options;
  const cluster = eks === '' ? '' : ` --eks ${eks} --region ${region}`;
  const command = `build-once rollback --environment ${environment} --namespace ${namespace} --workloads ${workloads}${cluster}`;
  const done = hasChanged
    ? 'Nothing was rolled back: the workloads keep the new version.'
    : 'This run changed nothing: the workloads had this digest already.';
  return `${done} To go back: ${command}`;
}
