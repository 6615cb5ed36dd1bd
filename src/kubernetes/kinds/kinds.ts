import { WORKLOAD_KINDS, type WorkloadKindName } from '../../workload.js';
import { argoRollout } from './argo-rollout.js';
import { cronJob } from './cron-job.js';
import { daemonSet } from './daemon-set.js';
import { deployment } from './deployment.js';
import type { WorkloadKind } from './kind.js';
import { statefulSet } from './stateful-set.js';

/** Every kind that is deployed to. */
export const kinds: Readonly<Record<WorkloadKindName, WorkloadKind>> = {
  deployment,
  statefulset: statefulSet,
  daemonset: daemonSet,
  cronjob: cronJob,
  rollout: argoRollout,
};

/** The kind that a manifest is of; undefined where it is none that is deployed to. */
export function findKind(apiVersion: string, kind: string): WorkloadKindName | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return WORKLOAD_KINDS.find((name) => {
    const { resource } = kinds[name];
    return resource.kind === kind && resource.group === group && resource.version === version;
  });
}
