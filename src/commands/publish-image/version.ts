/** A version by Semantic Versioning 2.0.0. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly preRelease: boolean;
}

const NUMBER = '(0|[1-9][0-9]{0,17})';
const VERSION = new RegExp(`^v?${NUMBER}\\.${NUMBER}\\.${NUMBER}(-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?$`);

/**
 * Reads `v1.4.2` or `1.4.2`; undefined for anything else. Build metadata plays no part in precedence and is dropped.
 * @see https://semver.org/spec/v2.0.0.html
 */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, preRelease] = VERSION.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major: BigInt(major), minor: BigInt(minor), patch: BigInt(patch), preRelease: preRelease !== undefined };
}

/** Negative where `a` is before `b`, 0 where they are the same, of two releases. */
export function compareVersions(a: Version, b: Version): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  return 0;
}

/** `1.4.2`. */
export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** Whether a name could be taken for a version or an alias of one: `1`, `1.4`, `1.4.2`, `1.4.2-rc.1`. */
export function looksLikeVersion(name: string): boolean {
  return /^\d+(?:\.\d+){0,2}(?:[-+].*)?$/.test(name);
}

/** A version among the tags of a repository, with the tag that it stands under. */
export interface TaggedVersion {
  readonly version: Version;
  readonly tag: string;
}

/** The highest release among tags that are versions and `within` a range. */
export function findHighest(tags: readonly string[], within: (version: Version) => boolean): TaggedVersion | undefined {
  let highest: TaggedVersion | undefined;
  for (const tag of tags) {
    const version = parseVersion(tag);
    if (version === undefined || version.preRelease || !within(version)) continue;
    if (highest === undefined || compareVersions(version, highest.version) > 0) highest = { version, tag };
  }
  return highest;
}
