import { isTag } from '../../reference.js';
import { digestOf } from '../../registry/manifest.js';
import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import { isReservedTag } from '../reserved-tags.js';
import { formatVersion, looksLikeVersion, parseVersion, type Version } from './version.js';

/** Tags that are moved from commit to commit. They are for people; nothing is deployed by them. */
export interface Pointers {
  /** Moved to the image, whatever they were on before. */
  readonly moved: readonly Pointer[];
  /** The release whose aliases are moved, forward only. */
  readonly release: Version | undefined;
  /** What to say: names that were changed, pointers that this pipeline does not have. */
  readonly notes: readonly string[];
}

export interface Pointer {
  readonly tag: string;
  /** What it stands for, in words: `the branch feature/x`. */
  readonly of: string;
}

const KINDS = ['branch', 'git-tag', 'semver'] as const;

/**
 * Makes the pointers of a pipeline.
 * @param text kinds separated by commas, as `--pointers` takes them
 * @param env where CircleCI says which branch or tag the pipeline is of
 */
export function readPointers(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<Pointers, Failure> {
  const kinds = text.trim() === '' ? [] : text.split(',').map((one) => one.trim());
  for (const [index, kind] of kinds.entries()) {
    if (!KINDS.some((known) => known === kind)) {
      return fail({ code: 2, cause: `--pointers has ${JSON.stringify(kind)}: expected branch, git-tag or semver` });
    }
    if (kinds.indexOf(kind) !== index) return fail({ code: 2, cause: `--pointers names ${kind} twice` });
  }
  const branch = env['CIRCLE_BRANCH'] ?? '';
  const tag = env['CIRCLE_TAG'] ?? '';
  const moved: Pointer[] = [];
  const notes: string[] = [];
  const add = (kind: string, name: string): Failure | undefined => {
    const made = makeTag(name, kinds.includes('semver'), kind);
    if (isReservedTag(made.tag)) {
      return {
        code: 2,
        cause: `the ${kind} ${JSON.stringify(name)} cannot be a pointer: the tag ${made.tag} has a form that means a commit, an environment or a cache here`,
        next: `Give the ${kind} another name, or take ${kind === 'branch' ? 'branch' : 'git-tag'} out of the pointers ("tags" of the image in the spec).`,
      };
    }
    if (made.note !== undefined) notes.push(made.note);
    if (!moved.some((one) => one.tag === made.tag)) moved.push({ tag: made.tag, of: `the ${kind} ${name}` });
    return undefined;
  };
  if (kinds.includes('branch')) {
    if (branch === '') notes.push('This pipeline is of no branch: no pointer is moved for one.');
    const refused = branch === '' ? undefined : add('branch', branch);
    if (refused !== undefined) return fail(refused);
  }
  if (kinds.includes('git-tag')) {
    if (tag === '') notes.push('This pipeline is of no git tag: no pointer is moved for one.');
    const refused = tag === '' ? undefined : add('git tag', tag);
    if (refused !== undefined) return fail(refused);
  }
  const release = kinds.includes('semver') ? readRelease(tag, notes) : undefined;
  // A git tag 1.4.2 is the version itself, which is put once and never moved.
  const exact = release === undefined ? undefined : formatVersion(release);
  return ok({ moved: moved.filter((one) => one.tag !== exact), notes, release });
}

function readRelease(tag: string, notes: string[]): Version | undefined {
  if (tag === '') {
    notes.push('This pipeline is of no git tag: no SemVer alias is moved.');
    return undefined;
  }
  const version = parseVersion(tag);
  if (version === undefined) notes.push(`The git tag ${tag} is not a version like v1.4.2: no SemVer alias is moved.`);
  else if (version.preRelease) notes.push(`${tag} is a pre-release: no SemVer alias is moved.`);
  return version?.preRelease === false ? version : undefined;
}

const LONGEST = 128;

/**
 * A valid tag for the name of a branch or git tag. `/` becomes `-`. Where more is lost than that, or the name would be
 * that of a version, eight digits of its sha256 keep it apart from the others.
 * @param versions whether `1.4` and the like are aliases of versions in this repository
 */
export function makeTag(
  name: string,
  versions: boolean,
  kind: string,
): { readonly tag: string; readonly note: string | undefined } {
  const flat = name.replaceAll('/', '-');
  const clean = flat.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '');
  // A git tag 1.4.2 is that version itself; 1.4 is not, and no branch is, or it would count as a release.
  const isVersion = parseVersion(clean) !== undefined;
  const isAlias =
    versions && (kind === 'git tag' ? looksLikeVersion(clean) && !isVersion : looksLikeVersion(clean) || isVersion);
  const apart = clean !== flat || clean.length > LONGEST || clean === '' || isAlias;
  const hash = digestOf(Buffer.from(name)).slice('sha256:'.length, 'sha256:'.length + 8);
  const tag = apart ? [clean.slice(0, LONGEST - 9), hash].filter((part) => part !== '').join('-') : clean;
  if (!isTag(tag)) throw new Error(`not a tag: ${tag}`);
  if (tag === name) return { tag, note: undefined };
  const why = apart
    ? `The ${kind} ${name} gets the tag ${tag}: ${isAlias && clean === flat ? 'its own name is that of a version' : 'its own name is not a valid tag'}, and the digits at the end keep it apart from others like it.`
    : `The ${kind} ${name} gets the tag ${tag}: a tag has no "/". A ${kind} ${tag} would move the same one.`;
  return { tag, note: why };
}
