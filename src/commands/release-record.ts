import { join } from 'node:path';
import type { Io } from '../io/io.js';
import { isRecord, parseJson } from '../json.js';
import { formatDigestReference, isDigest, parseReference, type Repository } from '../reference.js';
import { fail, ok, type Result } from '../result.js';
import type { Failure } from './command.js';
import { checkCommit } from './commit.js';

/** What was released: `release.json`. */
export interface ReleaseRecord {
  readonly version: 1;
  /** Full SHA of the commit. */
  readonly commit: string;
  readonly images: readonly ReleasedImage[];
}

export interface ReleasedImage {
  /** `host/path`. */
  readonly repository: string;
  readonly digest: string;
  /** `os/architecture[/variant]`, sorted. */
  readonly platforms: readonly string[];
  /** `host/path` that it was promoted from; none where it was published. */
  readonly from?: string;
  /** When it was built, RFC 3339, where the image says so. */
  readonly created?: string;
  /**
   * Of each workload (`deployment/web`) that verify_image compared with this image those that it ran then, and that may be
   * replaced; none where it compared none.
   */
  readonly replaces?: Readonly<Record<string, readonly string[]>>;
}

/** Where the record is, below the folder of records. */
export function releasePath(directory: string): string {
  return join(directory, 'release.json');
}

/** Writes `release.json` into `directory`. */
export async function writeRelease(io: Io, directory: string, record: ReleaseRecord): Promise<void> {
  await io.files.write(releasePath(directory), `${JSON.stringify(record, null, 2)}\n`);
}

/** An image by digest, with what its record says of it. */
export interface PinnedImage
  extends Pick<ReleasedImage, 'digest' | 'from' | 'created' | 'replaces'>,
    Partial<Pick<ReleasedImage, 'platforms'>> {
  readonly repository: Repository;
  /** `host/path@digest`. */
  readonly reference: string;
}

/**
 * The image that a step works on: `image` where it is given, else the one image of `release.json` in `directory`.
 * An image that is not named by digest is refused, and so are what is no commit and a record of another one.
 */
export async function readImage(
  io: Io,
  options: { readonly image: string; readonly directory: string; readonly commit: string },
): Promise<Result<PinnedImage, Failure>> {
  const commit = checkCommit(options.commit);
  if (!commit.ok) return commit;
  if (options.image !== '') {
    const reference = parseReference(options.image);
    if (reference?.digest === undefined) {
      return fail({
        code: 2,
        cause: `--image is "${options.image}": expected an image by digest, "repository@sha256:..."`,
        next: 'A tag can be moved between two steps. Let verify_image look the digest up, or give it in full.',
      });
    }
    return ok(pin(reference.repository, { digest: reference.digest }));
  }
  const path = releasePath(options.directory);
  const text = await io.files.read(path);
  if (text === undefined) {
    return fail({
      code: 2,
      cause: `there is no ${path}, so the digest to use is not known`,
      next: 'Run verify_image before this step in the same job, or give --image repository@sha256:...',
    });
  }
  const record = parseRecord(text);
  const image = record?.images[0];
  const repository = image === undefined ? undefined : parseReference(image.repository)?.repository;
  if (record === undefined || image === undefined || repository === undefined) {
    return fail({ code: 2, cause: `${path} is not a release record`, next: 'Delete it and run verify_image again.' });
  }
  if (record.commit !== options.commit) {
    return fail({
      code: 1,
      cause: `${path} is of commit ${record.commit}, but this job is of commit ${options.commit}`,
      next: 'Run verify_image in this job: it writes the record anew.',
    });
  }
  return ok(pin(repository, image));
}

function pin(repository: Repository, image: Omit<PinnedImage, 'repository' | 'reference'>): PinnedImage {
  const { digest, platforms, from, created, replaces } = image;
  return {
    repository,
    digest,
    reference: formatDigestReference(repository, digest),
    ...(platforms === undefined ? {} : { platforms }),
    ...(from === undefined ? {} : { from }),
    ...(created === undefined ? {} : { created }),
    ...(replaces === undefined ? {} : { replaces }),
  };
}

function parseRecord(text: string): ReleaseRecord | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { version, commit, images } = value as Partial<ReleaseRecord>;
  if (version !== 1 || typeof commit !== 'string' || !Array.isArray(images) || images.length !== 1) return undefined;
  const good = images.every(
    (image: Partial<ReleasedImage> | null) =>
      typeof image?.repository === 'string' &&
      typeof image.digest === 'string' &&
      isDigest(image.digest) &&
      Array.isArray(image.platforms) &&
      ['string', 'undefined'].includes(typeof image.from) &&
      ['string', 'undefined'].includes(typeof image.created) &&
      (image.replaces === undefined || isListOfEach(image.replaces)),
  );
  return good ? { version, commit, images } : undefined;
}

function isListOfEach(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(Array.isArray);
}
