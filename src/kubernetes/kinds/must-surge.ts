import type { RollingUpdate, Workload } from '../objects.js';

/**
 * Whether a rolling update has to make a Pod before it may end one: none may be unavailable, and all of the old ones are
 * available (others are ended first), or there are none at all.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable
 */
export function mustSurge({ spec, status }: Workload, { maxSurge, maxUnavailable }: RollingUpdate = {}): boolean {
  const wanted = spec.replicas ?? 1;
  if (wanted === 0) return false;
  if ((status?.replicas ?? 0) === 0) return true;
  const mayEnd = Math.floor(count(maxUnavailable, wanted));
  // Where both come to nothing, the controller ends one.
  const mayAdd = Math.ceil(count(maxSurge, wanted));
  return mayEnd === 0 && mayAdd > 0 && (status?.availableReplicas ?? 0) >= wanted;
}

/** Whether a number or share of Pods is zero, as it is where nothing is said of a DaemonSet. */
export function isNone(value: number | string | undefined): boolean {
  return Number.parseFloat(String(value ?? 0)) === 0;
}

function count(value: number | string = '25%', replicas: number): number {
  return typeof value === 'number' ? value : (Number.parseFloat(value) / 100) * replicas;
}
