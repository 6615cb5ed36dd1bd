import type { WorkloadKindName } from '../../workload.js';
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
