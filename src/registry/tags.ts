import { isRecord, parseJson } from '../json.js';
import { isTag } from '../reference.js';
import { fail, ok, type Result } from '../result.js';

/** What errors about the list of tags name. */
export const TAGS = 'tags/list';

/** Largest page to read, in bytes. Some registries give all tags at once, whatever was asked for. */
export const TAGS_LIMIT = 32 * 1024 * 1024;

/** The tags of one page; undefined where it is something else. A repository without tags may say null. */
export function readTags(bytes: Uint8Array): readonly string[] | undefined {
  const body = parseJson(Buffer.from(bytes).toString('utf8'));
  const tags = isRecord(body) ? (body['tags'] ?? []) : undefined;
  if (!Array.isArray(tags)) return undefined;
  return tags.filter((tag): tag is string => typeof tag === 'string' && isTag(tag));
}

/**
 * The next page by the Link header of a page; undefined after the last. It must be of the same server: the login goes
 * along.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#content-discovery
 */
export function nextPage(link: string | undefined, current: string): Result<string | undefined, string> {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return ok(undefined);
  const url = URL.canParse(target, current) ? new URL(target, current) : undefined;
  if (url === undefined || url.origin !== new URL(current).origin) return fail('its next page is on another server');
  return ok(url.href);
}
