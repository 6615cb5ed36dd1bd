import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';

/** Whether a text is the full SHA of a commit, in lower case as git writes it. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Refuses what is not the full SHA of a commit: it names tags, Jobs and records. */
export function checkCommit(text: string): Result<undefined, Failure> {
  if (isCommit(text)) return ok(undefined);
  return fail({
    code: 2,
    cause: `--commit is ${JSON.stringify(text)}: expected the full SHA of a commit, 40 of 0-9 and a-f`,
    next: 'CircleCI gives it as $CIRCLE_SHA1. A short SHA can come to mean another commit.',
  });
}

/** Refuses a `--rollback-to` that is not the full SHA of a commit; empty text is none. */
export function checkRollback(text: string): Result<undefined, Failure> {
  if (text === '' || isCommit(text)) return ok(undefined);
  return fail({
    code: 2,
    cause: `--rollback-to is ${JSON.stringify(text)}: expected the full SHA of a commit, 40 of 0-9 and a-f`,
    next: 'Correct ROLLBACK_TO in the context of this job, or delete it.',
  });
}
