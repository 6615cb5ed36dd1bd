import type { Failure } from '../command.js';

/** What was found before a change is made. */
export interface Findings {
  /** Why it would fail. */
  readonly problems: readonly Failure[];
  /** Why it might. */
  readonly warnings: readonly string[];
  /** What was looked at, and what could not be, for want of rights. */
  readonly verified: readonly string[];
  readonly unverified: readonly string[];
}

/** Nothing was looked at, or there is nothing to say. */
export const NOTHING: Findings = { problems: [], warnings: [], verified: [], unverified: [] };

/** Several as one; what several say is said once. */
export function joinFindings(all: readonly Findings[]): Findings {
  const each = <T>(pick: (one: Findings) => readonly T[]) => [...new Set(all.flatMap(pick))];
  return {
    problems: each((one) => one.problems),
    warnings: each((one) => one.warnings),
    verified: each((one) => one.verified),
    unverified: each((one) => one.unverified),
  };
}

/** What is to be told of a change that may be made, whose rights are verified in any case. */
export function formatFindings({ warnings, verified, unverified }: Findings): readonly string[] {
  if (verified.length + unverified.length === 0) return warnings;
  const without = unverified.length === 0 ? '' : ` Not verified, for want of rights: ${unverified.join(', ')}.`;
  return [...warnings, `Verified: ${['rights', ...verified].join(', ')}.${without}`];
}
