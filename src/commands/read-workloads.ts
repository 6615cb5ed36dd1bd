import { fail, type Result } from '../result.js';
import { parseWorkloads, type WorkloadRef } from '../workload.js';
import type { Failure } from './command.js';

/** Reads `--workloads`. */
export function readWorkloads(text: string): Result<readonly WorkloadRef[], Failure> {
  const refs = parseWorkloads(text);
  if (refs.ok) return refs;
  const [cause = '', ...details] = refs.error;
  return fail({ code: 2, cause: `--workloads: ${cause}`, details });
}
