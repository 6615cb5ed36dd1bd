import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';

/** Refuses what is not the full SHA of a commit, in lower case as git writes it: it names tags, Jobs and records. */
export function checkCommit(text: string): Result<undefined, Failure> {
  if (/^[0-9a-f]{40}$/.test(text)) return ok(undefined);
  return fail({
    code: 2,
    cause: `--commit is ${JSON.stringify(text)}: expected the full SHA of a commit, 40 of 0-9 and a-f`,
    next: 'CircleCI gives it as $CIRCLE_SHA1. A short SHA can come to mean another commit.',
  });
}
