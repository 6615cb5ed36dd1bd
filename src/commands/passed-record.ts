import type { Io } from '../io/io.js';
import { isRecord, parseJsonBytes } from '../json.js';
import { isDigest } from '../reference.js';
import { digestOf, type Manifest } from '../registry/manifest.js';
import { type JobOrigin, makeOrigin, readOrigin } from './job-origin.js';

/** Who has passed a digest, and when. */
export interface PassedRecord extends JobOrigin {
  readonly digest: string;
}

const DIGEST = 'build-once/digest';
const TIME = 'build-once/passed-at';

/**
 * The record that this job has passed an image: the manifest of the image once more, with annotations that say so. All
 * that it names is in the repository, so no blob is pushed for it, and a registry that has taken the image takes this, too.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
 */
export function makePassedRecord(image: Manifest, io: Io): Manifest {
  const annotations = { ...annotationsOf(image), [DIGEST]: image.digest, ...makeOrigin(TIME, io) };
  const value = parseJsonBytes(image.bytes);
  const bytes = Buffer.from(JSON.stringify({ ...(isRecord(value) ? value : {}), annotations }));
  return { ...image, bytes, digest: digestOf(bytes) };
}

/** Reads such a record; undefined where it is none. Who may push can write one: what it says is checked. */
export function readPassedRecord(record: Manifest): PassedRecord | undefined {
  const annotations = annotationsOf(record);
  const digest = annotations[DIGEST];
  return digest === undefined || !isDigest(digest) ? undefined : { digest, ...readOrigin(TIME, annotations) };
}

function annotationsOf({ bytes }: Manifest): Readonly<Record<string, string>> {
  const value = parseJsonBytes(bytes);
  const found = isRecord(value) && isRecord(value['annotations']) ? value['annotations'] : {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
