import type { Mapping } from '../../yaml/mapping.js';
import type { PlainProblem } from './problem.js';
import { findTwoEnvironments } from './rules/shape/one-environment.js';
import { withoutShadowed } from './rules/shape/shadowed.js';
import { checkShape, type ShapeProblem } from './shape/check-shape.js';
import { config as configShape } from './shape/config.js';
import { readWritten } from './written/read-written.js';

/** What CircleCI refuses a config for that is no matter of compiling it: the shape of what stands in it. */
export function findRefused(config: Mapping): readonly PlainProblem[] {
  const written = readWritten(config);
  const shapes = withoutShadowed(checkShape(config, configShape), written).filter(isCertain);
  const clashes = findTwoEnvironments(written).map((clash) => ({ code: 'one-environment', ...clash }));
  return [...shapes.map(({ kind, ...problem }) => ({ code: kind, ...problem })), ...clashes];
}

/** CircleCI gets new keys all the time, so one that is not known is wrong only where it is nearly another one. */
function isCertain({ kind, meant }: ShapeProblem): boolean {
  if (kind === 'ignored-key' || kind === 'deprecated') return false;
  return kind !== 'unknown-key' || meant !== undefined;
}
