import type { Invocation, Workflow } from '../model.js';
import { remember } from '../remember.js';

/** What comes before what in a workflow. */
export interface Graph {
  /** Every job that must have ended before this one starts. */
  before(invocation: Invocation): ReadonlySet<Invocation>;
}

/** The graph of a workflow. A member of a job group waits for what the group waits for. */
export const graphOf = remember(({ jobs }: Workflow): Graph => {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const members = new Map<string, Invocation[]>();
  for (const job of jobs) {
    if (job.group !== undefined) members.set(job.group, [...(members.get(job.group) ?? []), job]);
  }
  const direct = (job: Invocation): readonly Invocation[] => {
    const names = job.requires.map(({ name }) => name);
    const group = job.group === undefined ? undefined : byName.get(job.group);
    const required = [...names.map((name) => byName.get(name)), ...(group === undefined ? [] : direct(group))];
    return required.flatMap((one) => (one === undefined ? [] : [one, ...(members.get(one.name) ?? [])]));
  };
  const known = new Map<Invocation, ReadonlySet<Invocation>>();
  const before = (job: Invocation): ReadonlySet<Invocation> => {
    const found = known.get(job);
    if (found !== undefined) return found;
    const all = new Set<Invocation>();
    const rest = [...direct(job)];
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      if (all.has(one)) continue;
      all.add(one);
      rest.push(...direct(one));
    }
    known.set(job, all);
    return all;
  };
  return { before };
});
