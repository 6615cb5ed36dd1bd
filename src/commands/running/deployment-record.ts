import type { Io } from '../../io/io.js';
import { readOidcUser } from '../../io/oidc-token.js';
import { formatVersion } from '../../kubernetes/image-match.js';
import type { Metadata } from '../../kubernetes/objects.js';
import { isDigest } from '../../reference.js';
import { isCommit } from '../commit.js';
import { type JobOrigin, makeOrigin, ORIGIN, readOrigin, readTime } from '../job-origin.js';
import type { PinnedImage } from '../release-record.js';

/** What a deployment has left on a workload as annotations: what it set it to, and who did so when. */
export interface DeploymentRecord extends JobOrigin {
  readonly commit: string;
  readonly digest: string;
  /** When the image was built, RFC 3339. */
  readonly created?: string;
}

const COMMIT = 'build-once/commit';
const DIGEST = 'build-once/digest';
const CREATED = 'build-once/created';
const TIME = 'build-once/deployed-at';
/** What "kubectl rollout history" shows. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** What a workload ran before: `previous.ts`. */
export const PREVIOUS = 'build-once/previous';

/** Every annotation that a deployment sets; it takes those away that it has no value for. */
export const RECORD: readonly string[] = [CHANGE_CAUSE, COMMIT, DIGEST, CREATED, TIME, ...ORIGIN, PREVIOUS];

/**
 * The annotations of a deployment by this job. They are of the workload itself, whose ReplicaSets take them over, so
 * `kubectl rollout undo` brings back those of what it goes back to. None is on the Pod template, where another pipeline of
 * the same digest would restart every Pod.
 */
export function makeAnnotations(
  { commit, environment }: { readonly commit: string; readonly environment: string },
  { reference, digest, created }: PinnedImage,
  io: Io,
): Readonly<Record<string, string>> {
  const what = `deploy of commit ${commit} to ${environment}`;
  return annotate(what, { commit, digest, created, image: reference }, io);
}

/** The same of a rollback. What is not known of what it goes back to is left out. */
export function makeRollbackAnnotations(environment: string, to: Recorded, io: Io): Readonly<Record<string, string>> {
  return annotate(`rollback of ${environment}${to.commit === undefined ? '' : ` to commit ${to.commit}`}`, to, io);
}

/** What a record says of an image. */
export interface Recorded {
  readonly image: string;
  readonly commit: string | undefined;
  readonly digest: string | undefined;
  readonly created: string | undefined;
}

function annotate(what: string, { image, commit, digest, created }: Recorded, io: Io) {
  const user = readOidcUser(io);
  const job = io.env['CIRCLE_BUILD_URL'];
  const by = [...(user === undefined ? [] : [`for user ${user}`]), ...(job ? [job] : [])].map((one) => `, ${one}`);
  const all: readonly (readonly [string, string | undefined])[] = [
    [CHANGE_CAUSE, `build-once ${what}: ${formatVersion(image)}${by.join('')}`],
    [COMMIT, commit],
    [DIGEST, digest],
    [CREATED, created],
    ...Object.entries(makeOrigin(TIME, io)),
  ];
  return Object.fromEntries(all.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Whether an annotation is of the record of a deployment. */
export function isRecordAnnotation(name: string): boolean {
  return RECORD.includes(name);
}

/** The record on a workload, or undefined where there is none that can be read. What others may have written is checked. */
export function readRecord({ annotations = {} }: Metadata): DeploymentRecord | undefined {
  const commit = annotations[COMMIT];
  const digest = annotations[DIGEST];
  if (commit === undefined || !isCommit(commit) || digest === undefined || !isDigest(digest)) return undefined;
  const created = readTime(annotations[CREATED]);
  return { commit, digest, ...(created === undefined ? {} : { created }), ...readOrigin(TIME, annotations) };
}
