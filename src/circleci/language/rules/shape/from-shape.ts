import type { ShapeProblemKind } from '../../shape/check-shape.js';
import type { Rule } from '../rule.js';

/** The check of a rule that tells the problems of one kind that a config's shape has. */
export function fromShape(kind: ShapeProblemKind): Rule['check'] {
  return ({ shape }, report) => {
    for (const problem of shape) if (problem.kind === kind) report(problem);
  };
}
