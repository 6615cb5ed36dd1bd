import { quote } from '../../diagnostic/quote.js';
import type { Compiler } from './compiler.js';
import type { Invocation, Workflow } from './model.js';

/** Names are unique whatever their case, and nothing waits for itself. */
export function checkGraph({ jobs }: Workflow, compiler: Compiler): void {
  const names = new Map<string, Invocation>();
  for (const job of jobs) {
    const key = job.name.toLowerCase();
    const other = names.get(key);
    if (other !== undefined) {
      const message = `two jobs are named ${other.name === job.name ? quote(job.name) : `${quote(other.name)} and ${quote(job.name)}, which are the same but for their case`}`;
      compiler.report({ ...job.place, code: 'same-name', message });
    }
    names.set(key, job);
  }
  for (const cycle of findCycles(jobs, names)) {
    const [first] = cycle;
    if (first === undefined) continue;
    const message = `jobs wait for each other: ${[...cycle, first].map(({ name }) => name).join(' -> ')}`;
    compiler.report({ ...first.place, code: 'cycle', message });
  }
}

/** Walks every job once, on a stack of its own: a chain may be as long as a config. */
function* findCycles(
  jobs: readonly Invocation[],
  names: ReadonlyMap<string, Invocation>,
): Generator<readonly Invocation[]> {
  const done = new Set<Invocation>();
  for (const start of jobs) {
    const way: { readonly job: Invocation; next: number }[] = [];
    const onWay = new Map<Invocation, number>();
    const enter = (job: Invocation): void => {
      onWay.set(job, way.push({ job, next: 0 }) - 1);
      done.add(job);
    };
    if (!done.has(start)) enter(start);
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const required = top.job.requires[top.next++];
      if (required === undefined) {
        onWay.delete(top.job);
        way.pop();
        continue;
      }
      const job = names.get(required.name.toLowerCase());
      const index = job === undefined ? undefined : onWay.get(job);
      if (index !== undefined) yield way.slice(index).map((one) => one.job);
      else if (job !== undefined && !done.has(job)) enter(job);
    }
  }
}
