import type { Io } from '../../io/io.js';
import type { Manifest } from '../../registry/manifest.js';
import type { Failure } from '../command.js';
import type { OpenedRepository } from '../open-repository.js';

/** An image that is to be in another repository. */
export interface Promotion {
  readonly source: OpenedRepository;
  readonly destination: OpenedRepository;
  readonly manifest: Manifest;
  readonly commit: string;
  readonly io: Io;
}

/** The tag of the commit is on another digest there. */
export function otherTag({ source, destination, manifest, commit }: Promotion, found: string): Failure {
  return {
    code: 1,
    cause: `${destination.name}:${commit} is there already with another digest: it is ${found}, and not ${manifest.digest}`,
    next: `A tag is never moved. Find out who has pushed to ${destination.name}: its images come from ${source.name} alone. Then make a new commit.`,
  };
}

/** A count of bytes as a person reads it: `31.4 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
