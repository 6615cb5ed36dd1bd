import type { Clock } from '../io/io.js';
import { HEALING, ORDINARY, type Problem } from './problem.js';

/** Remembers since when each problem lasts, without a break. */
export interface Patience {
  /**
   * Takes what is wrong now.
   * @returns what was not there before, once for all Pods that have it; and the first problem that has lasted longer than
   * it may, with how long that is in its cause
   */
  weigh(problems: readonly Problem[]): { readonly fresh: readonly Problem[]; readonly due: Problem | undefined };
}

/**
 * Patience without memory of anything yet.
 * @param healing milliseconds that a problem of the grace `HEALING` may last, and no other that has an end may last longer
 */
export function makePatience(clock: Clock, healing = HEALING): Patience {
  let since = new Map<string, number>();
  const told = new Set<string>();
  const limitOf = ({ grace }: Problem) => {
    if (grace === HEALING) return healing;
    return grace === Infinity ? grace : Math.min(grace, healing);
  };
  return {
    weigh: (problems) => {
      const now = clock.now();
      since = new Map(problems.map(keyOf).map((key) => [key, since.get(key) ?? now]));
      const fresh = problems.filter((problem) => {
        const isNew = !told.has(wordOf(problem));
        told.add(wordOf(problem));
        return isNew && !ORDINARY.has(problem.reason);
      });
      const due = problems.find((problem) => now - (since.get(keyOf(problem)) ?? now) >= limitOf(problem));
      return { fresh, due: due && withLimit(due, limitOf(due)) };
    },
  };
}

/** The grace is part of it: what is to be judged in another way from now on has begun now. */
function keyOf(problem: Problem): string {
  return `${problem.pod ?? ''} ${wordOf(problem)} ${problem.grace}`;
}

function wordOf({ container = '', reason }: Problem): string {
  // A pull swings between these two while it is one and the same failure.
  return `${container} ${reason === 'ErrImagePull' ? 'ImagePullBackOff' : reason}`;
}

function withLimit(problem: Problem, limit: number): Problem {
  if (limit === 0) return problem;
  const cause = `${problem.cause} (for ${Math.round(limit / 1000)} s)`;
  return { ...problem, cause };
}
