import type { Path } from '../../../../yaml/parse.js';
import { rangeOf } from '../../locate.js';
import type { Problem } from '../../problem.js';
import type { Rule, Subject } from '../rule.js';

/** The check of a rule that tells what the compiler has found, by the codes of its problems. */
export function fromCompiler(...codes: readonly string[]): Rule['check'] {
  return (subject, report) => {
    const told = new Set<string>();
    for (const problem of subject.model.problems) {
      if (!codes.includes(problem.code) || !isNew(problem, subject)) continue;
      // What several callers run into is the same mistake.
      const place = JSON.stringify([problem.code, problem.path, problem.span?.offset]);
      if (told.has(place)) continue;
      told.add(place);
      const { message, help } = problem;
      report({ range: rangeOf(problem), message, ...(help === undefined ? {} : { help }) });
    }
  };
}

/**
 * Whether nothing else says it: what is wrong inside of an imported orb is not in this text; where the shape is wrong,
 * the compiler says the same in other words; and a default that is not allowed is no value that is allowed.
 */
function isNew({ source, path, code }: Problem, { model, shape, yaml }: Subject): boolean {
  if (source !== model.source) return false;
  // Places, and not paths: by an alias the same place is reached on several paths.
  const place = (one: Path): string => JSON.stringify(yaml.keyRange(one).start);
  const wrong = shape.filter(({ kind }) => kind !== 'ignored-key' && kind !== 'deprecated');
  const above = new Set(prefixesOf(path).map(place));
  if (wrong.some((one) => above.has(place(one.path)))) return false;
  if (code === 'wrong-step' && wrong.some((one) => prefixesOf(one.path).map(place).includes(place(path)))) return false;
  return (
    code !== 'wrong-parameter' ||
    !model.problems.some((other) => other.code === 'wrong-default' && above.has(place(other.path)))
  );
}

/** A path and everything above it, but for the top. */
function prefixesOf(path: Path): readonly Path[] {
  return path.map((_, index) => path.slice(0, index + 1));
}
