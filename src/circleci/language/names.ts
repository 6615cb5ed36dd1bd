import type { Draft } from './draft.js';
import { jobData } from './job-data.js';
import { remember } from './remember.js';

/**
 * The final name of every invocation. A job that is invoked several times keeps its name as long as it is the same job,
 * once in each workflow; otherwise numbers are appended: `test-1`, `test-2` ("Authoring parameterized jobs" and `name`
 * of the configuration reference).
 * @param workflows the invocations of each workflow
 */
export function nameInvocations(workflows: readonly (readonly Draft[])[]): ReadonlyMap<Draft, string> {
  const slots = new Map<string, Slot[]>();
  const taken = new Map<Draft, number>();
  for (const [workflow, drafts] of workflows.entries()) {
    for (const draft of drafts) {
      const known = slots.get(draft.name) ?? [];
      slots.set(draft.name, known);
      let index = known.findIndex((slot) => slot.workflow !== workflow && isSame(slot.draft, draft));
      if (index < 0) index = known.push({ workflow, draft }) - 1;
      known[index] = { workflow, draft };
      taken.set(draft, index);
    }
  }
  const name = (draft: Draft, index: number) =>
    (slots.get(draft.name)?.length ?? 0) > 1 ? `${draft.name}-${index + 1}` : draft.name;
  return new Map([...taken].map(([draft, index]) => [draft, name(draft, index)]));
}

/** A compiled job that has a name, and the last workflow that it is in. */
interface Slot {
  readonly workflow: number;
  readonly draft: Draft;
}

/** Whether two invocations run the very same job. */
function isSame(a: Draft, b: Draft): boolean {
  return a.kind === b.kind && ((a.job !== undefined && a.job === b.job) || contentOf(a) === contentOf(b));
}

/** What an invocation runs, as text to compare. */
const contentOf = remember(({ job, reference, parameters, aroundOpaque }: Draft): string =>
  JSON.stringify(job === undefined ? [reference, parameters, aroundOpaque?.before.length] : jobData(job)),
);
