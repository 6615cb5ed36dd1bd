import { fail, ok, type Result } from './result.js';

/** The kinds of workloads, by the words that kubectl takes. `rollout` is the one of Argo Rollouts. */
export const WORKLOAD_KINDS = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'rollout'] as const;

export type WorkloadKindName = (typeof WORKLOAD_KINDS)[number];

/** A workload by kind and name. */
export interface WorkloadRef {
  readonly kind: WorkloadKindName;
  readonly name: string;
}

/** `deployment/web`, the form that a user writes and kubectl takes. */
export function formatWorkload(ref: WorkloadRef): string {
  return `${ref.kind}/${ref.name}`;
}

/**
 * Reads `deployment/web,statefulset/queue`. Spaces around names do not matter.
 * @returns the workloads in their order, or all that is wrong with the text
 */
export function parseWorkloads(text: string): Result<readonly WorkloadRef[], readonly string[]> {
  const problems: string[] = [];
  const refs = new Map<string, WorkloadRef>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, word, name] = /^([a-z]+)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/.exec(part) ?? [];
    const kind = WORKLOAD_KINDS.find((one) => one === word);
    if (kind === undefined || name === undefined) {
      problems.push(`"${part}" is not a workload, expected KIND/NAME with a KIND of ${WORKLOAD_KINDS.join(', ')}`);
    } else if (refs.has(part)) problems.push(`"${part}" is named twice`);
    else refs.set(part, { kind, name });
  }
  return problems.length === 0 ? ok([...refs.values()]) : fail(problems);
}
