import type { Clock } from '../io/io.js';
import type { Problem } from './problem.js';

/** Remembers since when each problem lasts, without a break. */
export interface Patience {
  /**
   * Takes what is wrong now.
   * @returns what is new since the last call, and the first problem that has lasted longer than it may
   */
  weigh(problems: readonly Problem[]): { readonly fresh: readonly Problem[]; readonly due: Problem | undefined };
}

/** Patience without memory of anything yet. */
export function makePatience(clock: Clock): Patience {
  let since = new Map<string, number>();
  return {
    weigh: (problems) => {
      const now = clock.now();
      const next = new Map<string, number>();
      const fresh: Problem[] = [];
      for (const problem of problems) {
        const key = keyOf(problem);
        const start = since.get(key);
        if (start === undefined) fresh.push(problem);
        next.set(key, start ?? now);
      }
      since = next;
      const due = problems.find((problem) => now - (next.get(keyOf(problem)) ?? now) >= problem.grace);
      return { fresh, due };
    },
  };
}

/** A pull swings between these two while it is one and the same failure. */
function keyOf(problem: Problem): string {
  const reason = problem.reason === 'ErrImagePull' ? 'ImagePullBackOff' : problem.reason;
  return `${problem.pod ?? ''} ${problem.container ?? ''} ${reason}`;
}
