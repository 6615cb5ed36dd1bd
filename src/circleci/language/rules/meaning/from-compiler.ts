import { quote } from '../../../../diagnostic/quote.js';
import { valueAt } from '../../../../yaml/mapping.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Problem } from '../../problem.js';
import { findReferences } from '../../written/references.js';
import type { Rule, Subject } from '../rule.js';

/** Problems that are about a key, and not about what stands behind it. */
const OF_KEY = new Set(['unknown-parameter', 'wrong-group-key', 'reserved-parameter', 'two-conditions']);

/** The check of a rule that tells what the compiler has found, by the codes of its problems. */
export function fromCompiler(...codes: readonly string[]): Rule['check'] {
  return (subject, report) => {
    for (const problem of subject.model.problems) {
      if (!codes.includes(problem.code) || !isNew(problem, subject)) continue;
      const { path, code, message, help } = problem;
      const value = valueAt(subject.config, path);
      const part = partOf(problem, value);
      report({
        path,
        at: OF_KEY.has(code) || (typeof value === 'object' && value !== null) ? 'key' : 'value',
        message,
        ...(help === undefined ? {} : { help }),
        ...(part === undefined ? {} : { part }),
      });
    }
  };
}

/** The part of a text that a problem is about: what it says itself, or the reference that it names. */
function partOf({ span, message }: Problem, value: unknown): string | undefined {
  if (span !== undefined && span.length > 0) return span.text.slice(span.offset, span.offset + span.length);
  return typeof value === 'string' ? findReferences(value).find((name) => message.includes(quote(name))) : undefined;
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
