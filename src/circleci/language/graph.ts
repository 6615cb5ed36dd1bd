import type { Report } from './problem.js';

/** A job of a workflow, and the names of those that it waits for. */
interface Waiting {
  readonly name: string;
  readonly requires: readonly string[];
}

/** Every job that is required is there, names are unique whatever their case, and nothing waits for itself. */
export function checkGraph(invocations: readonly Waiting[], path: readonly string[], report: Report): void {
  const names = new Map<string, Waiting>();
  for (const invocation of invocations) {
    const key = invocation.name.toLowerCase();
    if (names.has(key)) report({ code: 'same-name', path, message: `two jobs are named "${invocation.name}"` });
    names.set(key, invocation);
  }
  const done = new Set<string>();
  const visit = (invocation: Waiting, way: readonly string[]): void => {
    if (way.includes(invocation.name)) {
      report({ code: 'cycle', path, message: `jobs wait for each other: ${[...way, invocation.name].join(' -> ')}` });
      return;
    }
    if (done.has(invocation.name)) return;
    done.add(invocation.name);
    for (const required of invocation.requires) {
      const next = names.get(required.toLowerCase());
      if (next === undefined)
        report({
          code: 'unknown-requires',
          path,
          message: `"${invocation.name}" requires "${required}", which is not in the workflow`,
        });
      else visit(next, [...way, invocation.name]);
    }
  };
  for (const invocation of invocations) visit(invocation, []);
}
