import { platformName } from './platform-record.js';

/** The tag under which the layers of a platform are kept between builds: `buildcache-linux-amd64`. */
export function cacheTag(platform: string): string {
  return `${CACHE}${platformName(platform)}`;
}

const CACHE = 'buildcache-';

/**
 * Whether a tag has a form that means something here: a commit, `<commit>-<platform>`, `<environment>.<commit>` and
 * its record, or a cache. No pointer may have it, or a branch with such a name would stand for a proof.
 */
export function isReservedTag(tag: string): boolean {
  return /^[0-9a-f]{40}(?:-|$)|\.[0-9a-f]{40}(?:\.record)?$/i.test(tag) || tag.startsWith(CACHE);
}
