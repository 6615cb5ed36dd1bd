import type { Failure } from './command.js';

/** Several failures as one: the cause of the first, and what the others say below it. Undefined where there is none. */
export function joinFailures(failures: readonly Failure[]): Failure | undefined {
  const [first, ...others] = failures;
  if (first === undefined) return undefined;
  const details = [...(first.details ?? []), ...others.flatMap((one) => [one.cause, ...(one.details ?? [])])];
  const next = ['Nothing was changed.', first.next].filter((text) => text !== undefined).join(' ');
  return { ...first, details: [...new Set(details)].filter((one) => one !== first.cause), next };
}
