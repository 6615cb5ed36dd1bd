import { formatWorkload } from '../../workload.js';
import type { WorkloadPlan } from './plan-workload.js';

/**
 * What runs now, in a sentence without its end: workloads that were applied beside those of the digest are told apart.
 * @param pods that run the digest; none where it is of CronJobs alone, of which there is nothing to see
 */
export function describeSuccess(digest: string, workloads: readonly WorkloadPlan[], pods: number): string {
  const isBeside = ({ images }: WorkloadPlan) => Object.keys(images).length === 0;
  const list = (plans: readonly WorkloadPlan[]) => plans.map(({ ref }) => formatWorkload(ref)).join(', ');
  const beside = workloads.some(isBeside) ? `; beside them, without it: ${list(workloads.filter(isBeside))}` : '';
  const names = `${list(workloads.filter((one) => !isBeside(one)))}${beside}`;
  if (pods === 0) return `Set to ${digest}, for their next Jobs: ${names}`;
  return `Running ${digest} on ${pods === 1 ? '1 Pod' : `${pods} Pods`}: ${names}`;
}
