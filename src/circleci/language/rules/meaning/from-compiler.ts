import type { Path } from '../../../../yaml/parse.js';
import { rangeOf } from '../../locate.js';
import type { Problem } from '../../problem.js';
import type { Rule, Subject } from '../rule.js';

/** The check of a rule that tells what the compiler has found, by the codes of its problems. */
export function fromCompiler(...codes: readonly string[]): Rule['check'] {
  return (subject, report) => {
    for (const problem of subject.model.problems) {
      if (!codes.includes(problem.code) || !isNew(problem, subject)) continue;
      const { message, help } = problem;
      report({ range: rangeOf(problem), message, ...(help === undefined ? {} : { help }) });
    }
  };
}

/**
 * Whether nothing else says it: what is wrong inside of an imported orb is not in this text; where the shape is wrong,
 * the compiler says the same in other words; and a default that is not allowed is no value that is allowed.
 */
function isNew({ source, path, code }: Problem, { model, shape }: Subject): boolean {
  if (source !== model.source) return false;
  if (
    shape.some(({ kind, path: wrong }) => kind !== 'ignored-key' && kind !== 'deprecated' && startsWith(path, wrong))
  ) {
    return false;
  }
  return (
    code !== 'wrong-parameter' ||
    !model.problems.some((other) => other.code === 'wrong-default' && startsWith(path, other.path))
  );
}

/** Whether a path is the same as another one, or below it. */
function startsWith(path: Path, above: Path): boolean {
  return above.length <= path.length && above.every((part, index) => path[index] === part);
}
