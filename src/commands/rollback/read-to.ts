import { isDigest, isTag } from '../../reference.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { isCommit } from '../commit.js';
import { parseVersion } from '../publish-image/version.js';

/** What to go back to. `reference` is a digest, or a tag of the image. */
export type To =
  | { readonly kind: 'previous' }
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'image'; readonly reference: string };

/** Reads `--to`. */
export function readTo(text: string): Result<To, Failure> {
  if (text === 'previous') return ok({ kind: 'previous' });
  if (isCommit(text)) return ok({ kind: 'commit', commit: text });
  if (isDigest(text) || (parseVersion(text) !== undefined && isTag(text))) {
    return ok({ kind: 'image', reference: text });
  }
  return fail({
    code: 2,
    cause: `--to is ${JSON.stringify(text)}: expected previous, the full SHA of a commit, a digest, or a SemVer tag like 1.4.2`,
  });
}
