import { fail, ok, type Result } from '../result.js';

/** A workload by kind and name. More kinds are members to come: each `switch` over `kind` then asks for them. */
export interface WorkloadRef {
  readonly kind: 'deployment';
  readonly name: string;
}

/** `deployment/web`, the form that a user writes and kubectl takes. */
export function formatWorkload(ref: WorkloadRef): string {
  return `${ref.kind}/${ref.name}`;
}

/**
 * Reads `deployment/web,deployment/worker`. Spaces around names do not matter.
 * @returns the workloads in their order, or all that is wrong with the text
 */
export function parseWorkloads(text: string): Result<readonly WorkloadRef[], readonly string[]> {
  const parts = text.split(',').map((part) => part.trim());
  const problems: string[] = [];
  const refs: WorkloadRef[] = [];
  for (const part of parts) {
    const match = /^([a-z]+)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/.exec(part);
    const name = match?.[2];
    if (match?.[1] !== 'deployment' || name === undefined)
      problems.push(`"${part}" is not a workload, expected deployment/NAME`);
    else if (refs.some((ref) => ref.name === name)) problems.push(`"${part}" is named twice`);
    else refs.push({ kind: 'deployment', name });
  }
  return problems.length === 0 ? ok(refs) : fail(problems);
}
